"""Lists that no index helps with: answered while there is time, else refused with what to do."""

from typing import Any

import pytest
from sqlalchemy import text

from app.core.actor import Actor
from app.core.errors import Invalid
from app.records import documents, patience, reading, writing
from app.records.filters import Condition
from app.records.reading import Count, Query
from tenants import hurry
from tenants.session import session

TOWNS = ["Köln", "Aachen", None]


@pytest.fixture
def people(ann: Actor) -> None:
    rows = [
        writing.Row({"last_name": f"P{n}", "street": town, "city": "Bonn"}) for n, town in enumerate(TOWNS)
    ]
    writing.write_many(ann, "contacts", rows, title="people")


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch, people: None) -> None:
    """Every statement that may take only so long takes longer."""
    act = hurry.within

    def late(milliseconds: int, **more: Any) -> object:
        del milliseconds, more
        return act(50)  # much less than the nap, and enough to go back within it

    monkeypatch.setattr(hurry, "within", late)
    nap = text("SELECT pg_sleep(0.2)")
    rows, count = reading._rows, reading._count
    monkeypatch.setattr(reading, "_rows", lambda *told: (session.execute(nap), rows(*told))[1])
    monkeypatch.setattr(reading, "_count", lambda *told: (session.execute(nap), count(*told))[1])


def test_lists_sort_by_fields_without_an_index(ann: Actor, people: None) -> None:
    for order, titles in [("street", ["P1", "P0", "P2"]), ("-street", ["P0", "P1", "P2"])]:
        assert [row.title for row in reading.page(ann, "contacts", Query(sort=order)).rows] == titles
    first = reading.page(ann, "contacts", Query(sort="street", limit=1))
    second = reading.page(ann, "contacts", Query(sort="street", limit=1, cursor=first.next_cursor))
    assert [row.title for row in (*first.rows, *second.rows)] == ["P1", "P0"]
    assert len(documents.page(ann, "contacts", Query(sort="street")).json) == 3


@pytest.mark.parametrize("order", ["id", "description", "emails", "company_id", "lifecycle", "nothing"])
def test_what_has_no_order_sorts_nothing(ann: Actor, order: str) -> None:
    with pytest.raises(Invalid) as refused:
        reading.page(ann, "contacts", Query(sort=order))
    assert refused.value.problems[0].code == "not_sortable"


def test_slow_sort_names_field_and_remedy(ann: Actor, slow: None) -> None:
    with pytest.raises(Invalid) as refused:
        reading.page(ann, "contacts", Query(sort="street"))
    problem = refused.value.problems[0]
    assert (problem.path, problem.code, problem.data["name"]) == ("sort", "too_slow", "street")
    assert reading.page(ann, "contacts", Query(sort="name")).rows, "the transaction goes on"


@pytest.mark.parametrize(
    ("op", "field", "helps"), [("eq", "street", True), ("contains", "street", False), ("eq", "name", False)]
)
def test_slow_filter_names_its_field(ann: Actor, slow: None, op: str, field: str, helps: bool) -> None:
    with pytest.raises(Invalid) as refused:
        reading.page(ann, "contacts", Query(where=Condition(field, op, "köln")))
    problem = refused.value.problems[0]
    assert (problem.path, problem.code, "name" in problem.data) == (field, "too_slow", helps)


def test_count_that_takes_too_long_says_at_least(
    ann: Actor, people: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = Condition("city", "eq", "Bonn")
    page = reading.page(ann, "contacts", Query(where=here, limit=2))
    assert page.count == Count(3, exact=True)
    with monkeypatch.context() as patch:
        patch.setattr(patience, "COUNT_MS", 100)
        nothing = patience.hasty(lambda: str(session.scalar(text("SELECT pg_sleep(2)"))), "at least")
    assert nothing == "at least"
    assert reading.page(ann, "contacts", Query(where=here, limit=3)).count == Count(3, exact=True)


def test_time_limit_ends_with_its_block(ann: Actor) -> None:
    usual = session.scalar(text("SHOW statement_timeout"))
    with hurry.within(12_345):
        assert session.scalar(text("SHOW statement_timeout")) == "12345ms"
    assert session.scalar(text("SHOW statement_timeout")) == usual
    with pytest.raises(hurry.TooLong), hurry.within(20):
        session.execute(text("SELECT pg_sleep(1)"))
    assert session.scalar(text("SHOW statement_timeout")) == usual
