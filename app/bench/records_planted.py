"""Records of the company that stand there a second time, of which it is known whose twin each is."""

import random
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import func, literal, select, tablesample

from app.bench.foundation import Figure
from app.bench.records_twins import twins
from app.core.actor import Actor
from app.core.permissions import EVERYTHING
from app.domain.duplicates.pairs import Pair, ordered
from app.records import registry, writing
from app.records.joining.moving import POSSIBLE
from app.records.joining.pointers import links
from tenants.session import session, unit_of_work

NUMBER, SHARE, BATCH = 5_000, 50, 1_000
FOUND = 90.0
NAMES = ("first_name", "last_name", "phone", "street", "postcode", "city", "country")
FIELDS = {"contacts": NAMES, "companies": ("name", "domain", "street", "postcode", "city", "country")}
_KITH = Actor("system", None, "Kith", "command", EVERYTHING)
# How a twin is told from all others; the search for duplicates does not look at it.
_MARK = "Twin"


def plant(contacts: int) -> None:
    """Type in a fiftieth of the contacts a second time, 5,000 at most, unless that was done before."""
    if _planted():
        return
    ids, known = sample("contacts", min(NUMBER, contacts // SHARE))
    rows = [
        writing.Row({**values, "occupation": f"{_MARK}|{kind}|{ids[place]}"})
        for kind, place, values in twins("contacts", known)
    ]
    for start in range(0, len(rows), BATCH):
        with unit_of_work():
            writing.write_many(_KITH, "contacts", rows[start : start + BATCH], quiet=True, title="Figures")


def found() -> Iterator[Figure]:
    """How many of the twins the last search found, kind by kind, and how much of what it found they are."""
    true, pairs = _planted(), _found()
    asked, met = Counter(true.values()), Counter(kind for pair, kind in true.items() if pair in pairs)
    for kind, number in asked.items():
        yield Figure(f"  twins found in spite of: {kind}", 100 * met[kind] / number, "%")
    share = 100 * met.total() / max(1, asked.total())
    yield Figure("twins that it found, all kinds", share, "%", FOUND, at_least=True)
    yield Figure("twins among the pairs that it found", 100 * met.total() / max(1, len(pairs)), "%")


def _planted() -> Mapping[Pair, str]:
    """Each record with its twin, and what kind of twin it is."""
    with unit_of_work(read_only=True):
        table = registry.get("contacts").base
        rows = session.execute(
            select(table.c.id, table.c.occupation).where(table.c.occupation.startswith(f"{_MARK}|"))
        )
        told = ((row.id, *row.occupation.split("|")[1:]) for row in rows)
        return {ordered(own, UUID(other)): kind for own, kind, other in told}


def _found() -> set[Pair]:
    here = (links.c.kind == POSSIBLE, links.c.from_object == "contacts")
    with unit_of_work(read_only=True):
        return {ordered(*row) for row in session.execute(select(links.c.from_id, links.c.to_id).where(*here))}


def sample(object_name: str, number: int) -> tuple[list[UUID], list[dict[str, Any]]]:
    """So many records with a name, a place and a phone or domain, the same with every run; no twins."""
    with unit_of_work(read_only=True):
        table = registry.get(object_name).base
    some = tablesample(table, func.system(2), seed=literal(3))
    wanted = [some.c[name] for name in FIELDS[object_name]]
    told = some.c.phone if object_name == "contacts" else some.c.domain
    here = [some.c.deleted_at.is_(None), some.c.city.is_not(None), told.is_not(None), some.c.street != ""]
    if object_name == "contacts":
        here.append(some.c.occupation.is_(None))
    query = select(some.c.id, *wanted).where(*here).limit(number * 10)
    with unit_of_work(read_only=True):
        rows = session.execute(query).mappings().all()
    chosen = random.Random(4).sample(rows, min(number, len(rows)))  # noqa: S311 - no secret
    return [row["id"] for row in chosen], [
        {name: row[name] for name in FIELDS[object_name]} for row in chosen
    ]
