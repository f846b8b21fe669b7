"""The same for members who do not see everything: lists, searches, pages; planned and run apart."""

import random
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from uuid import UUID

from sqlalchemy import func, select

from app import programs
from app.bench import records_limits_fill, records_lists, records_search, records_spent
from app.bench.foundation import Figure
from app.bench.records_asking import look
from app.bench.records_ground import Office, signed_in
from app.bench.records_times import Times
from app.records import reaches, registry
from stack.errors import StackError
from tenants.session import session, unit_of_work

LISTS, PEOPLE, PAGES, WARMING = 200, 20, 30, 20
_BAR = 25
# What hangs on customers, by orders that have an index.
_HANGING = {
    "deals": ("name", "-amount", "close_on"),
    "cases": ("-created_at", "resolution_due_at", "number"),
    "activities": ("due_at", "-updated_at", "subject"),
}


def figures(office: Office) -> Iterator[Figure]:
    """For each member what the lists, the search and the pages take; pages also for one who sees all."""
    subprocess.run([*programs.KITH, "assets"], env=programs.full_environment(), check=True)
    known = records_limits_fill.settle(office)
    with records_spent.counted(office.ground.admin_url, office.tenant) as server:
        yield from _pages("all", replace(office, server=server))
        for name, member_id in known.items():
            theirs = replace(signed_in(office, member_id), server=server)
            yield from _lists(name, theirs)
            yield from records_search.figures(theirs, f"{name}: ", PEOPLE)
            yield from _pages(name, theirs)


def _lists(name: str, office: Office) -> Iterator[Figure]:
    with office.at_work():
        mixes = {
            "list of 50": records_lists.lists(office.member, LISTS, conditions=0),
            "three filters": records_lists.lists(office.member, LISTS),
        }
    for what, asked in mixes.items():
        times = Times(office.server)
        for each in asked[:WARMING]:
            records_lists.get(office, each)
        refused = sum(times.take(each.path, partial(records_lists.get, office, each)) for each in asked)
        yield from times.figures(f"{name}: {what}", _BAR)
        yield Figure("  of them refused with the remedy", refused, "lists", 0)
    for hanging, sorts in _HANGING.items():
        times = Times(office.server)
        for sort in sorts * 7:
            asked_for = records_lists.List(hanging, sort, (), "")
            times.take(asked_for.path, partial(records_lists.get, office, asked_for))
        yield from times.figures(f"{name}: list of {hanging}", _BAR)


def _pages(name: str, office: Office) -> Iterator[Figure]:
    for what in ("companies", "contacts"):
        with office.at_work():
            ids = _some(office, what)
        times = Times(office.server)
        for record_id in ids:
            path = f"/{what}/{record_id}"
            times.take(path, partial(_seen, office, path))
        yield from times.figures(f"{name}: page of one of the {what}", None)
    for what, path in (("today", "/"), ("table of contacts", "/contacts"), ("table of deals", "/deals")):
        times = Times(office.server)
        for _ in range(PAGES // 2):
            times.take(path, partial(_seen, office, path))
        yield from times.figures(f"{name}: {what}", None)


def _some(office: Office, object_name: str) -> list[UUID]:
    described = registry.get(object_name)
    with unit_of_work(read_only=True):
        theirs = reaches.of(office.member, described).rows()
        found = select(described.table.c.id).where(described.table.c.deleted_at.is_(None))
        seen = found if theirs is None else found.where(theirs)
        ids = sorted(session.scalars(seen.order_by(func.md5(func.text(described.table.c.id))).limit(PAGES)))
    random.Random(15).shuffle(ids)  # noqa: S311 - an order, no secret
    return ids


def _seen(office: Office, path: str) -> None:
    answer = look(office, path)
    if answer.status != 200:
        raise StackError(f"{path} answered {answer.status}: {answer.body[:500]!r}")
