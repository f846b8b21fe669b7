"""Duplicates among very many: the hint of a form, and what it finds."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from app.bench.foundation import Figure
from app.bench.records_ground import Office
from app.bench.records_planted import FIELDS, sample
from app.bench.records_times import Times
from app.bench.records_twins import twins
from app.bench.records_words import LAST
from app.domain.duplicates import queries
from tenants.session import unit_of_work

HINT, FOUND = 100.0, 90.0
FORMS = 300


def figures(office: Office) -> Iterator[Figure]:
    """Forms that are filled in with the values of twins."""
    for object_name in FIELDS:
        yield from _hints(office, object_name)


def _hints(office: Office, object_name: str) -> Iterator[Figure]:
    """Forms with the values of twins, a half of them of people with one of the frequent names."""
    times = {"frequent": Times(), "rare": Times()}
    met, asked = Counter[str](), Counter[str]()
    with office.at_work():
        ids, known = sample(object_name, FORMS)
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
