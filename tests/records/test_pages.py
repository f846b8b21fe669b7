"""Pages of a list: complete, without doubles, in order, in few statements."""

from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event, select

from app.core import clock
from app.core.actor import Actor
from app.core.errors import Invalid, NotFound
from app.records import filters, keyset, reading, registry, writing
from app.records.reading import Query
from tenants.engines import engines
from tenants.session import session
from tests.cast import Workspace

NAMES = [
    "Ärzte",
    "Zebra",
    "arzt",
    "Émile",
    "emil",
    "Østergård",
    "Straße",
    "Strasse",
    "",
    "日本",
    "a%b_c",
    "Zoë",
]


@pytest.fixture
def people(ann: Actor) -> list[Any]:
    """Forty people, of whom some share a city and some have none."""
    cities = ["Köln", "köln", "Bonn", None, "Århus"]
    rows = [
        writing.Row({"last_name": f"{NAMES[n % len(NAMES)]} {n % 7}", "city": cities[n % 5]})
        for n in range(40)
    ]
    return [outcome.record_id for outcome in writing.write_many(ann, "contacts", rows, title="people")]


def walk(actor: Actor, query: Query, direction: str = "next") -> Iterator[reading.Page]:
    page = reading.page(actor, "contacts", query)
    while True:
        yield page
        cursor = page.next_cursor if direction == "next" else page.previous_cursor
        if cursor is None:
            return
        page = reading.page(actor, "contacts", Query(sort=query.sort, limit=query.limit, cursor=cursor))


@pytest.mark.parametrize(
    "sort", ["name", "-name", "city", "-city", "created_at", "-created_at", "email", "-email"]
)
@pytest.mark.parametrize("limit", [1, 7, 40])
def test_every_row_comes_once_in_both_directions(
    ann: Actor, people: list[Any], sort: str, limit: int
) -> None:
    pages = list(walk(ann, Query(sort=sort, limit=limit)))
    forward = [record.id for page in pages for record in page.rows]
    back = [pages[-1]]
    while back[-1].previous_cursor:
        query = Query(sort=sort, limit=limit, cursor=back[-1].previous_cursor)
        back.append(reading.page(ann, "contacts", query))

    assert sorted(forward) == sorted(people)
    assert len(set(forward)) == len(people)
    assert [record.id for page in reversed(back) for record in page.rows] == forward


def test_accents_and_case_do_not_part_names(ann: Actor, people: list[Any]) -> None:
    rows = reading.page(ann, "contacts", Query(sort="city", limit=40)).rows
    cities = [record["city"] for record in rows]

    assert cities[:8] == ["Århus"] * 8
    assert set(cities[16:32]) == {"Köln", "köln"}
    assert cities[32:] == [None] * 8


def test_empty_values_come_last_in_both_directions(ann: Actor, people: list[Any]) -> None:
    rows = reading.page(ann, "contacts", Query(sort="-city", limit=40)).rows

    assert [record["city"] for record in rows][32:] == [None] * 8


def test_rows_that_come_and_go_disturb_nobody(ann: Actor, people: list[Any]) -> None:
    seen: list[Any] = []
    for number, page in enumerate(walk(ann, Query(sort="name", limit=5))):
        seen += [record.id for record in page.rows]
        writing.create(ann, "contacts", {"last_name": f"A new one {number}"})
        if number == 2:
            writing.trash(ann, "contacts", page.rows[-1].id)

    assert set(people) <= set(seen)
    assert len(seen) == len(set(seen))


def test_first_and_last_page_have_no_way_beyond(ann: Actor, people: list[Any]) -> None:
    whole = reading.page(ann, "contacts", Query(limit=40))
    first = reading.page(ann, "contacts", Query(limit=20))
    second = reading.page(ann, "contacts", Query(limit=20, cursor=first.next_cursor))

    assert (whole.next_cursor, whole.previous_cursor, first.previous_cursor) == (None, None, None)
    assert (second.next_cursor, bool(second.previous_cursor)) == (None, True)


def test_cursor_is_good_for_its_own_list_only(ann: Actor, people: list[Any]) -> None:
    cursor = reading.page(ann, "contacts", Query(limit=5)).next_cursor
    assert cursor is not None
    bonn = filters.parse_json(registry.get("contacts"), {"field": "city", "op": "eq", "value": "Bonn"})

    for query in (
        Query(limit=5, cursor=cursor, sort="-name"),
        Query(limit=5, cursor=cursor, where=bonn),
        Query(limit=5, cursor=cursor, search="arzt"),
        Query(limit=5, cursor=cursor[:-1] + ("A" if cursor[-1] != "A" else "B")),
        Query(limit=5, cursor="nonsense"),
    ):
        with pytest.raises(Invalid):
            reading.page(ann, "contacts", query)


@settings(max_examples=60)
@given(st.text(max_size=80))
def test_no_cursor_breaks_a_list(ann: Actor, cursor: str) -> None:
    if cursor:
        with pytest.raises(Invalid):
            reading.page(ann, "contacts", Query(cursor=cursor))


def test_count_is_exact_while_small(ann: Actor, people: list[Any]) -> None:
    assert reading.page(ann, "contacts", Query(limit=3)).count == reading.Count(40, exact=True)
    assert reading.page(ann, "contacts", Query(limit=3, count=False)).count is None


def test_page_with_labels_takes_few_statements(ann: Actor, people: list[Any], office: Workspace) -> None:
    statements: list[str] = []
    engine = engines().tenant(office.tenant)

    def note(*args: Any) -> None:
        statements.append(args[2])

    today = filters.parse_json(
        registry.get("contacts"), {"field": "created_at", "op": "eq", "value": "today"}
    )
    at = reading.fetch(ann, "contacts", people[0])["created_at"]
    event.listen(engine, "before_cursor_execute", note)
    try:
        with clock.frozen(at):
            page = reading.page(ann, "contacts", Query(where=today, search="arzt", limit=50))
    finally:
        event.remove(engine, "before_cursor_execute", note)

    assert page.rows
    assert len(statements) <= 3


@pytest.mark.parametrize(
    "query", [Query(limit=0), Query(limit=201), Query(sort="description"), Query(fields=("nam",))]
)
def test_senseless_queries_are_invalid(ann: Actor, query: Query) -> None:
    with pytest.raises(Invalid):
        reading.page(ann, "contacts", query)


def test_list_shows_names_of_relations(ann: Actor) -> None:
    meyer = writing.create(ann, "companies", {"name": "Meyer"})
    carol = writing.create(
        ann, "contacts", {"last_name": "Carol", "company_id": meyer.id, "owner_id": ann.id}
    )
    row = next(r for r in reading.page(ann, "contacts").rows if r.id == carol.id)

    assert row.labels == {"company_id": "Meyer", "owner_id": "Ann Berg"}


def test_related_lists_hold_what_points_here(ann: Actor) -> None:
    meyer = writing.create(ann, "companies", {"name": "Meyer"})
    carol = writing.create(ann, "contacts", {"last_name": "Carol", "company_id": meyer.id})
    writing.create(ann, "contacts", {"last_name": "Stranger"})

    assert [r.id for r in reading.related(ann, "companies", meyer.id, "contacts").rows] == [carol.id]
    with pytest.raises(NotFound):
        reading.related(ann, "companies", meyer.id, "secrets")


def test_all_sorts_of_all_objects_work(ann: Actor) -> None:
    for described in registry.every():
        for field in described.by_name.values():
            if field.sortable:
                assert reading.page(ann, described.name, Query(sort=f"-{field.name}")).rows is not None


@pytest.mark.parametrize("sort", ["city", "-city", "name"])
def test_empty_texts_are_found_in_any_order(ann: Actor, people: list[Any], sort: str) -> None:
    empty = filters.parse_json(registry.get("contacts"), {"field": "city", "op": "empty"})
    first = reading.page(ann, "contacts", Query(where=empty, sort=sort, limit=5))
    rest = reading.page(ann, "contacts", Query(where=empty, sort=sort, limit=5, cursor=first.next_cursor))
    found = [row.id for row in (*first.rows, *rest.rows)]
    assert len(set(found)) == len(found) == 8


@pytest.mark.parametrize("way", ["straight", "wary", "sorted"])
@pytest.mark.parametrize("sort", ["name", "-name", "city", "-city", "-created_at", "email"])
def test_every_way_shows_the_same_page(ann: Actor, people: list[Any], sort: str, way: keyset.Way) -> None:
    described = registry.get("contacts")
    order = keyset.sort_of(described, sort)
    seen: list[UUID] = []
    for _ in range(10):
        mark = None
        if seen:
            key = session.scalar(select(order.key).where(described.table.c.id == seen[-1]))
            mark = keyset.Mark("next", key, seen[-1])
        rows = keyset.keys(described, order, [described.table.c.deleted_at.is_(None)], mark, 7, way=way)
        found = session.execute(select(rows.c.id).order_by(*keyset.order(order, rows, backward=False)))
        page = list(found.scalars())
        seen += page
        if len(page) < 7:
            break
    assert seen == [row.id for row in reading.page(ann, "contacts", Query(sort=sort, limit=100)).rows]


def test_who_came_late_changed_late(ann: Actor, people: list[Any]) -> None:
    described = registry.get("contacts")
    tree = {"and": [{"field": "created_at", "op": "gte", "value": "2026-01-01"}]}
    where = filters.parse_json(described, tree)
    assert list(filters.implied(where, "updated_at")) == [
        filters.Condition("updated_at", "gte", date(2026, 1, 1))
    ]
    assert list(filters.implied(where, "created_at")) == []
    told = filters.parse_json(described, {"not": tree})
    assert list(filters.implied(told, "updated_at")) == []
    older = filters.parse_json(described, {"field": "updated_at", "op": "lt", "value": "2026-01-01"})
    assert [each.op for each in filters.implied(older, "created_at")] == ["lt"]
