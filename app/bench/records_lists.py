"""Lists of 50 by the API: any sortable field, any page, three filters of a mix; beside hand-written Core."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from sqlalchemy import Text, func, select, true
from werkzeug.datastructures import MultiDict

from app.bench.foundation import Figure
from app.bench.records_asking import ask
from app.bench.records_ground import Office
from app.bench.records_times import Times
from app.core import paging
from app.core.actor import Actor
from app.records import filters, keyset, patience, reaches, reading, registry
from app.records.keyset import Mark
from app.records.reading import Query
from app.records.types import ObjectType
from stack.errors import StackError
from tenants import hurry
from tenants.session import session, unit_of_work

REQUESTS, WARMING, PAIRS = 600, 60, 300
_BAR, _RATIO = 25, 1.5
_SAMPLE, _PAGED = 400, 0.6
# The published mix (docs/performance.md): each list takes three of these, with values of some record.
MIX = {
    "contacts": "city lifecycle country owner_id created_at updated_at x_segment x_score".split(),
    "companies": "city lifecycle country owner_id created_at updated_at industry".split(),
}


@dataclass(frozen=True)
class List:
    """One list: its object, order, conditions, and the cursor of its page."""

    object: str
    sort: str
    conditions: tuple[tuple[str, str], ...]
    cursor: str

    @property
    def path(self) -> str:
        """Its address."""
        asked = [("sort", self.sort), ("limit", "50"), *self.conditions]
        cursor = [("cursor", self.cursor)] if self.cursor else []
        return f"/api/v1/{self.object}?{urlencode([*asked, *cursor])}"


def figures(office: Office) -> Iterator[Figure]:
    """Server time of lists, and the engine's share of it beside hand-written Core."""
    times, plain = Times(), Times()
    with office.at_work():
        asked, unfiltered = lists(office.member, REQUESTS), lists(office.member, REQUESTS, conditions=0)
    for each in asked[:WARMING]:
        get(office, each)
    refused = sum(times.take(each.path, partial(get, office, each)) for each in asked)
    refused_plain = sum(plain.take(each.path, partial(get, office, each)) for each in unfiltered)
    yield from plain.figures("list of 50, any order, any page", _BAR)
    yield Figure("of them refused with the remedy", refused_plain, "lists", 0)
    yield from times.figures("list of 50, three filters", _BAR)
    yield Figure("of them refused with the remedy", refused, "lists", 0)
    yield from _ratio(office)


def _ratio(office: Office) -> Iterator[Figure]:
    """Pages of contacts by the engine and by hand, in turns."""
    engine, by_hand = Times(), Times()
    described = registry.get("contacts")
    with office.at_work(), unit_of_work(read_only=True):
        for number in range(PAIRS):
            city = ("Berlin", "Hamburg", "Köln")[number % 3]
            engine.take("", partial(_by_engine, office, city))
            # Planned for its values as the engine's is: planned for all towns it would walk past most people.
            with hurry.planned():
                by_hand.take("", partial(_by_hand, described, city))
    yield Figure("list by the engine, p50", engine.p50, "ms")
    yield Figure("the same rows by Core, p50", by_hand.p50, "ms")
    yield Figure("the engine beside Core", engine.p50 / by_hand.p50, "x", _RATIO)


def _by_engine(office: Office, city: str) -> list[Any]:
    where = filters.Condition("city", "eq", city)
    return reading.page(office.member, "contacts", Query(where=where, sort="name", count=False)).rows


def _by_hand(described: ObjectType, city: str) -> list[Any]:
    """What the engine's page shows, as one would write it for this list alone."""
    contacts, companies = described.base, registry.get("companies").base
    members = registry.target("members").table
    key = func.ext.sort_key(contacts.c.name, type_=Text)
    shown = [contacts.c[name] for name in ("id", "version", *described.in_table) if name in contacts.c]
    statement = (
        select(*shown, companies.c.name.label("company"), members.c.name.label("owner"))
        .select_from(
            contacts.outerjoin(companies, companies.c.id == contacts.c.company_id).outerjoin(
                members, members.c.id == contacts.c.owner_id
            )
        )
        .where(contacts.c.deleted_at.is_(None), func.ext.sort_key(contacts.c.city) == func.ext.sort_key(city))
        .order_by(key, contacts.c.id)
        .limit(51)
    )
    return [dict(row) for row in session.execute(statement).mappings()]


def lists(actor: Actor, number: int, conditions: int = 3) -> list[List]:
    """So many of the mix, with values of records that `actor` sees."""
    dice = random.Random(13)  # noqa: S311 - a mix, no secret
    with unit_of_work(read_only=True):
        known = {name: _sampled(actor, registry.get(name)) for name in MIX}
        found = []
        for _ in range(number):
            name = dice.choices(list(MIX), (4, 1))[0]
            found.append(_one(name, known[name], conditions, dice))
        return found


def _one(name: str, rows: Sequence[Any], conditions: int, dice: random.Random) -> List:
    described = registry.get(name)
    sortable = [each.name for each in described.by_name.values() if each.sortable]
    sort = dice.choice(("", "-")) + dice.choice(sortable)
    row = dice.choice(rows)
    asked = dice.sample(MIX[name], conditions)
    told = tuple(_condition(field, getattr(row, field)) for field in asked)
    # A page ends with a record that the list shows.
    shown = [other for other in rows if all(_meets(row, other, field) for field in asked)]
    cursor = _cursor(described, sort, told, dice.choice(shown).id) if dice.random() < _PAGED else ""
    return List(name, sort, told, cursor)


def _condition(field: str, value: Any) -> tuple[str, str]:
    """A condition that the record with this value meets."""
    if isinstance(value, datetime):
        return f"filter[{field}][gte]", f"{value:%Y-%m-%d}"
    if isinstance(value, Decimal):
        return f"filter[{field}][gte]", str(value)
    return f"filter[{field}]", "" if value is None else str(value)


def _meets(row: Any, other: Any, field: str) -> bool:
    """Whether the condition that is made of one record holds of the other."""
    mine, theirs = getattr(row, field), getattr(other, field)
    if isinstance(mine, datetime):
        return bool(theirs.date() >= mine.date())
    if isinstance(mine, Decimal):
        return theirs is not None and bool(theirs >= mine)
    return bool(mine == theirs)


def _cursor(described: ObjectType, written: str, told: Sequence[tuple[str, str]], behind: UUID) -> str:
    """The cursor of the page behind that record, as the page before would have given it."""
    sort = keyset.sort_of(described, written)
    query = Query(where=filters.parse_params(described, MultiDict(told)))
    key = session.scalar(select(sort.key).where(described.table.c.id == behind))
    kind = f"onward {reading.cursor_kind(described, sort, query)}"
    return paging.pack(kind, Mark("next", key, behind).packed)


def _sampled(actor: Actor, described: ObjectType) -> list[Any]:
    theirs = reaches.of(actor, described).rows()
    rows = select(described.table).where(true() if theirs is None else theirs)
    return list(session.execute(rows.order_by(func.random()).limit(_SAMPLE)))


def get(office: Office, asked: List) -> bool:
    """Ask as a program does, through the whole application; whether it was refused for taking too long."""
    told = ask(office, asked.path)
    is_refused = told.status == 422 and patience.CODE.encode() in told.body
    if told.status != 200 and not is_refused:
        raise StackError(f"{asked.path} answered {told.status}: {told.body[:500]!r}")
    return is_refused
