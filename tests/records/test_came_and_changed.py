"""Filters by when records came and by when they were changed: what the one says of the other is used."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from app.core.actor import Actor
from app.records import filters, reading, registry, writing
from app.records.filters import All, Condition, Where
from app.records.reading import Query
from tenants.session import session

CAME = datetime(2026, 3, 1, 12, tzinfo=UTC)
# By name: days after CAME when the record came, and when it was changed.
TIMES = {"A": (0, 0), "B": (0, 40), "C": (20, 30), "D": (50, 60)}


@pytest.fixture
def people(ann: Actor) -> None:
    for name, (came, changed) in TIMES.items():
        made = writing.create(ann, "contacts", {"last_name": name})
        session.execute(
            text("UPDATE contacts SET created_at = :came, updated_at = :changed WHERE id = :id"),
            {"id": made.id, "came": CAME + timedelta(came), "changed": CAME + timedelta(changed)},
        )


def since(came: int, changed: int, op: str = "gte") -> All:
    """Came since so many days after CAME, and changed since so many."""
    days = (("created_at", came), ("updated_at", changed))
    return All(tuple(Condition(name, op, CAME + timedelta(day)) for name, day in days))


def compiled(actor: Actor, where: Where, order: str = "name") -> str:
    described = registry.get("contacts")
    return str(filters.compile(described, where, actor, order))


@pytest.mark.parametrize("op", ["gte", "gt"])
@pytest.mark.parametrize(("came", "changed"), [(0, 30), (10, 0), (20, 20), (10, 50), (-9, -9), (60, 10)])
def test_both_times_hold(ann: Actor, people: None, came: int, changed: int, op: str) -> None:
    held = {
        name
        for name, (first, last) in TIMES.items()
        if (first >= came and last >= changed if op == "gte" else first > came and last > changed)
    }
    where = since(came, changed, op)
    for order in ("name", "created_at", "-created_at", "updated_at", "-updated_at"):
        rows = reading.page(ann, "contacts", Query(where=where, sort=order)).rows
        assert {row.title for row in rows} == held


def test_what_the_one_says_is_left_out_of_the_other(ann: Actor) -> None:
    assert "updated_at" not in compiled(ann, since(10, 10))
    assert "updated_at" not in compiled(ann, since(10, 5))
    assert "updated_at" in compiled(ann, since(10, 15))


def test_planner_takes_the_times_for_independent_no_more(ann: Actor) -> None:
    """What is sorted by keeps its stretch of the index."""
    assert "coalesce(contacts.created_at >=" in compiled(ann, since(10, 15))
    assert "coalesce(contacts.updated_at >=" in compiled(ann, since(10, 15), "created_at")
    alone = compiled(ann, Condition("created_at", "gte", CAME))
    assert "coalesce" not in alone
