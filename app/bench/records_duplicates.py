"""Duplicates among very many: the hint of a form, imports that compare, the search through all."""

import random
import resource
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import suppress
from typing import Any
from uuid import UUID

from sqlalchemy import func, literal, select, tablesample

from app import config
from app.bench import aside, records_bulk
from app.bench.foundation import Figure
from app.bench.records_asking import ask
from app.bench.records_ground import Office
from app.bench.records_times import Times
from app.bench.records_twins import twins
from app.bench.records_words import LAST, people
from app.core.actor import Actor
from app.core.permissions import EVERYTHING
from app.domain.duplicates import queries, searching
from app.domain.imports.rules.plan import Column, Plan
from app.domain.imports.rules.records import Row
from app.domain.imports.storing import Storer
from app.domain.jobs.models import Job
from app.factory import create_app
from app.records import registry
from tenants import catalogue
from tenants.context import entered
from tenants.session import session, unit_of_work
from workers.jobs import REGISTERED

HINT, ADDED, MEGABYTES, FOUND, MINUTES = 100.0, 0.5, 300.0, 90.0, 20.0
PAIRS, FORMS, CHUNK, CHUNKS = 300, 60, 1_000, 20
NAMES = ("first_name", "last_name", "phone", "street", "postcode", "city", "country")
FIELDS = {"contacts": NAMES, "companies": ("name", "domain", "street", "postcode", "city", "country")}
_KITH = Actor("system", None, "Kith", "command", EVERYTHING)


def figures(office: Office) -> Iterator[Figure]:
    """Hints and what they find in this process; imports and the search in a worker of its own."""
    for object_name in FIELDS:
        yield from _hints(office, object_name)
    settings, tenant_id = office.ground.environment, office.tenant.id
    with aside.process() as worker:
        yield from worker.submit(importing, settings, tenant_id).result()
    with aside.process() as worker:
        began = worker.submit(search, settings, tenant_id)
        yield from _meanwhile(office, began)
        yield from began.result()


def _hints(office: Office, object_name: str) -> Iterator[Figure]:
    """Forms with the values of twins, a half of them of people with one of the frequent names."""
    times = {"frequent": Times(), "rare": Times()}
    met, asked = Counter[str](), Counter[str]()
    with office.at_work():
        ids, known = _sample(object_name, PAIRS)
        for kind, place, values in twins(object_name, known):
            called = known[place].get("last_name") or known[place]["name"].split()[0]
            ways = times["frequent" if called in LAST else "rare"]
            found = ways.take(f"{kind}: {values}", lambda v=values: _hint(office, object_name, v))  # type: ignore[misc]
            asked[kind] += 1
            met[kind] += ids[place] in found
    for name, taken in times.items():
        yield from taken.figures(f"hint of a form, {object_name}, {name} names", HINT)
    for kind, number in asked.items():
        yield Figure(f"  {object_name} found in spite of: {kind}", 100 * met[kind] / number, "%")
    share = 100 * met.total() / asked.total()
    yield Figure(f"{object_name} found by the hint, all kinds", share, "%", FOUND, at_least=True)


def _hint(office: Office, object_name: str, values: Mapping[str, Any]) -> list[UUID]:
    with unit_of_work(read_only=True):
        return [each.record_id for each in queries.of(office.member, object_name, values=values)]


def _sample(object_name: str, number: int) -> tuple[list[UUID], list[dict[str, Any]]]:
    """So many records with a name, a place and a phone or domain, the same with every run."""
    table = _table(object_name)
    some = tablesample(table, func.system(2), seed=literal(3))
    wanted = [some.c[name] for name in FIELDS[object_name]]
    told = some.c.phone if object_name == "contacts" else some.c.domain
    here = (some.c.deleted_at.is_(None), some.c.city.is_not(None), told.is_not(None), some.c.street != "")
    query = select(some.c.id, *wanted).where(*here).limit(number * 10)
    with unit_of_work(read_only=True):
        rows = session.execute(query).mappings().all()
    chosen = random.Random(4).sample(rows, min(number, len(rows)))  # noqa: S311 - no secret
    return [row["id"] for row in chosen], [{k: v for k, v in row.items() if k != "id"} for row in chosen]


def _table(object_name: str) -> Any:
    """The table of the object as it stands in the current company."""
    with unit_of_work(read_only=True):
        return registry.get(object_name).base


def importing(environment: Mapping[str, str], tenant_id: UUID) -> list[Figure]:
    """Chunks of rows stored with comparing and without, in turns, each taken back; what comparing finds."""
    app, tenant = create_app(config.load(dict(environment))), catalogue.by_id(tenant_id)
    assert tenant is not None
    spent = {"create": 0.0, "review": 0.0}
    doubted, rows_of = Counter[str](), Counter[str]()
    with app.app_context(), entered(tenant):
        rows = _rows(CHUNK * CHUNKS)
        for place in range(CHUNKS):
            chunk = rows[place * CHUNK : (place + 1) * CHUNK]
            for doubtful in ("create", "review") if place % 2 else ("review", "create"):
                began = time.perf_counter()
                states = _stored([cells for _, cells in chunk], doubtful)
                spent[doubtful] += time.perf_counter() - began
                if doubtful == "review":
                    for (kind, _), state in zip(chunk, states, strict=True):
                        rows_of[kind] += 1
                        doubted[kind] += state == "review"
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    number = CHUNK * CHUNKS
    told = [
        Figure("import without comparing", number / spent["create"], "rows/s"),
        Figure("the same with comparing", number / spent["review"], "rows/s"),
        Figure("what comparing adds", spent["review"] / spent["create"] - 1, "x", ADDED),
        Figure("memory of an import that compares", peak, "MB", MEGABYTES),
    ]
    for kind in rows_of:
        told.append(Figure(f"  rows laid aside: {kind}", 100 * doubted[kind] / rows_of[kind], "%"))
    return told


def _rows(number: int) -> list[tuple[str, list[str]]]:
    """A tenth is like records that are there, a tenth like the row before, the rest is new; with its kind."""
    _, known = _sample("contacts", number // 10)
    there = [(kind, values) for kind, _, values in twins("contacts", known)]
    # Of the people of the company nobody has the name of one, the address of another and a new number.
    fresh = list(people(number, 1))
    made: list[tuple[str, list[str]]] = []
    for place, one in enumerate(fresh):
        if place % 10 == 3 and place // 10 < len(there):
            kind, values = there[place // 10]
            made.append((kind, [values.get(name) or "" for name in NAMES]))
            continue
        phone = f"+49 {700 + place % 200} {5_000_000 + place}"
        home = fresh[-1 - place]
        cells = [one.first, one.last, phone, home.street, home.postcode, home.city or "", home.country]
        if place % 10 == 7 and made:
            cells = [*made[-1][1][:2], "", *made[-1][1][3:]]
        made.append(("like a row of the file" if place % 10 == 7 else "new", cells))
    return made


class _TakenBack(Exception):
    """What was stored is not to stay."""


def _stored(rows: Sequence[list[str]], doubtful: Any) -> list[str]:
    plan = Plan("contacts", tuple(Column(name, name) for name in NAMES), doubtful=doubtful)
    drafts = [Row(nr, nr + 1, list(cells), nr, nr + 1) for nr, cells in enumerate(rows, 1)]
    states: list[str] = []
    with suppress(_TakenBack), unit_of_work():
        states = [
            each.state for each in Storer(_KITH, plan, None, "Figures", lambda _: 0).store(drafts).answers
        ]
        raise _TakenBack
    return states


def search(environment: Mapping[str, str], tenant_id: UUID) -> list[Figure]:
    """The search for duplicates through all contacts, slice by slice as a worker does it."""
    assert REGISTERED, "jobs are known once they are imported"
    app, tenant = create_app(config.load(dict(environment))), catalogue.by_id(tenant_id)
    assert tenant is not None
    slices = Times()
    with app.app_context(), entered(tenant):
        with unit_of_work():
            job_id = searching.ask(_KITH, "contacts").id
        while slices.take("slice", lambda: records_bulk.work(job_id)):
            pass
        with unit_of_work(read_only=True):
            point = session.get_one(Job, job_id).checkpoint or {}
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return [
        Figure("search through all contacts", sum(slices.wall) / 60_000, "min", MINUTES),
        Figure("pairs that it found", point["pairs"], "pairs"),
        Figure("passes that it took", point["next"], "passes"),
        Figure("the longest of its slices", max(slices.wall) / 1000, "s"),
        Figure("memory of that search", peak, "MB", MEGABYTES),
    ]


def _meanwhile(office: Office, began: "Future[list[Figure]]") -> Iterator[Figure]:
    """How long a list takes while the search goes on."""
    times = Times()
    while not began.done():
        times.take("list", lambda: ask(office, "/api/v1/contacts?sort=last_name&limit=50"))
        time.sleep(0.05)
    yield from times.figures("list of 50 beside the search", None)
