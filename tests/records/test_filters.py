"""Filters: from addresses and JSON to rows."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from app.core import clock
from app.core.actor import Actor
from app.core.errors import Invalid
from app.records import filters, reading, registry, writing
from app.records.filters.moments import Moment, bounds
from app.records.filters.tree import ME, OPERATORS
from app.records.habits import Habits
from app.records.reading import Query
from app.records.types import Choice, Field

NOW = datetime(2026, 11, 21, 23, 30, tzinfo=UTC)  # in Berlin it is the 22nd, a Sunday


@pytest.fixture
def deals(ann: Actor) -> None:
    """Five deals that differ in everything."""
    rows: list[dict[str, Any]] = [
        {"name": "Bikes for Müller", "amount": "1.000", "close_on": "22.11.2026", "owner_id": ann.id},
        {"name": "Helmets", "amount": "2.500,50", "close_on": "21.11.2026", "outcome": "won"},
        {"name": "100% Wool_socks", "close_on": "01.12.2026", "next_step": "Call"},
        {"name": "muller again", "amount": "10", "owner_id": ann.id},
        {"name": "Old one", "amount": "5", "close_on": "2025-01-01"},
    ]
    with clock.frozen(NOW):
        outcomes = writing.write_many(ann, "deals", [writing.Row(row) for row in rows], title="deals")
    assert [outcome.state for outcome in outcomes] == ["created"] * 5


def found(actor: Actor, where: Any) -> list[str]:
    described = registry.get("deals")
    tree = filters.parse_params(described, where) if isinstance(where, MultiDict) else None
    tree = tree or filters.parse_json(described, where)
    with clock.frozen(NOW):
        page = reading.page(actor, "deals", Query(where=tree, sort="name", limit=200))
    return [record.title.split()[0] for record in page.rows]


@pytest.mark.parametrize(
    ("field", "op", "value", "titles"),
    [
        ("name", "eq", "HELMETS", ["Helmets"]),
        ("name", "contains", "MULLER", ["Bikes", "muller"]),
        ("name", "contains", "100%", ["100%"]),
        ("name", "contains", "l_s", ["100%"]),
        ("name", "contains", "%", ["100%"]),
        ("name", "starts", "müller", ["muller"]),
        ("name", "in", ["helmets", "old one"], ["Helmets", "Old"]),
        ("next_step", "empty", None, ["Bikes", "Helmets", "muller", "Old"]),
        ("next_step", "not_empty", None, ["100%"]),
        ("next_step", "ne", "call", ["Bikes", "Helmets", "muller", "Old"]),
        ("amount", "gte", "1000", ["Bikes", "Helmets"]),
        ("amount", "gt", 1000, ["Helmets"]),
        ("amount", "between", ["5", "10"], ["muller", "Old"]),
        ("amount", "empty", None, ["100%"]),
        ("close_on", "eq", "today", ["Bikes"]),
        ("close_on", "eq", "yesterday", ["Helmets"]),
        ("close_on", "eq", "this_week", ["Bikes", "Helmets"]),
        ("close_on", "eq", "next month", ["100%"]),
        ("close_on", "eq", "last 2 days", ["Bikes", "Helmets"]),
        ("close_on", "eq", "overdue", ["Old"]),
        ("close_on", "lte", "2026-11-21", ["Helmets", "Old"]),
        ("close_on", "between", ["2026-11-22", "2026-12-01"], ["100%", "Bikes"]),
        ("created_at", "eq", "today", ["100%", "Bikes", "Helmets", "muller", "Old"]),
        ("created_at", "eq", "2026-11-22", ["100%", "Bikes", "Helmets", "muller", "Old"]),
        ("created_at", "gt", "2026-11-22", []),
        ("owner_id", "eq", "me", ["Bikes", "muller"]),
        ("owner_id", "ne", "me", ["100%", "Helmets", "Old"]),
        ("outcome", "eq", "won", ["Helmets"]),
        ("outcome", "not_in", ["won"], ["100%", "Bikes", "muller", "Old"]),
    ],
)
def test_conditions_find_what_they_say(
    *, ann: Actor, deals: None, field: str, op: str, value: Any, titles: list[str]
) -> None:
    assert found(ann, {"field": field, "op": op, "value": value}) == titles


def test_trees_combine_conditions(ann: Actor, deals: None) -> None:
    mine = {"field": "owner_id", "op": "eq", "value": "me"}
    large = {"field": "amount", "op": "gte", "value": 1000}

    assert found(ann, {"and": [mine, large]}) == ["Bikes"]
    assert found(ann, {"or": [mine, large]}) == ["Bikes", "Helmets", "muller"]
    assert found(ann, {"not": large}) == ["100%", "muller", "Old"]


def test_amounts_are_told_as_they_were_written(ann: Actor) -> None:
    told = {"field": "amount", "op": "between", "value": ["1000", "2500.5"]}
    tree = filters.parse_json(registry.get("deals"), told)
    assert filters.to_json(tree) == told
    assert filters.parse_json(registry.get("deals"), filters.to_json(tree)) == tree


def test_addresses_say_the_same(ann: Actor, deals: None) -> None:
    params = MultiDict([("filter[amount][gte]", "5"), ("filter[amount][lt]", "1000.00"), ("q", "x")])
    either = MultiDict([("filter[name]", "helmets"), ("filter[name]", "old one")])
    as_json = MultiDict([("where", '{"field": "amount", "op": "between", "value": [5, 10]}')])

    assert found(ann, params) == ["muller", "Old"]
    assert found(ann, either) == ["Helmets", "Old"]
    assert found(ann, as_json) == ["muller", "Old"]


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"filter[citty]": "x"}, "unknown_field"),
        ({"filter[amount][contains]": "1"}, "bad_operator"),
        ({"filter[amount]": "lots"}, "not_a_number"),
        ({"filter[amount][between]": "1"}, "bad_value"),
        ({"filter[[x]]": "1"}, "bad_filter"),
        ({"filter[name][contains]": "x" * 501}, "too_long"),
        ({"filter[name]": "a\x00b"}, "bad_character"),
        ({"filter[owner_id]": "you"}, "not_an_id"),
        ({"where": "{"}, "bad_json"),
        ({"where": "[]"}, "bad_filter"),
        ({"where": '{"and": []}'}, "bad_filter"),
        ({"where": '{"not": ' * 9 + "{}" + "}" * 9}, "too_deep"),
    ],
)
def test_bad_filters_say_what_is_wrong(params: dict[str, str], code: str) -> None:
    with pytest.raises(Invalid) as caught:
        filters.parse_params(registry.get("deals"), MultiDict(params))

    assert caught.value.problems[0].code == code


@pytest.mark.parametrize(
    ("kind", "value", "remedies"),
    [
        ("date", "last_week_end", ["2026-11-21", "today", "this_month", "overdue", "last_7_days"]),
        ("date", "last_0_days", ["last_7_days"]),
        ("date", 20260230, ["2026-11-21", "next_30_days"]),
        ("datetime", "soon", ["2026-11-21", "last_7_days"]),
        ("number", "many", ["1234.56"]),
        ("money", True, ["1234.56"]),
        ("percent", "half", ["1234.56"]),
        ("percent", "101", ["between 0 and 100"]),
        ("boolean", "maybe", ["true", "false"]),
        ("choice", "x", ["red", "green"]),
        ("choices", "x", ["red", "green"]),
        ("country", "XX", ["DE"]),
        ("currency", "EURO", ["EUR"]),
        ("member", "you", [ME, "019a8f6e-"]),
        ("relation", "Meyer", ["019a8f6e-"]),
        ("relations", "Meyer", ["019a8f6e-"]),
    ],
)
def test_what_is_no_value_is_told_what_would_be_one(kind: Any, value: Any, remedies: list[str]) -> None:
    companies = registry.get("companies")
    field = Field("asked", kind, "Asked", choices=(Choice("red", "Red"), Choice("green", "Green")))
    described = replace(companies, fields=(*companies.fields, field))
    op = "in" if kind in {"choices", "relations"} else "eq"
    with pytest.raises(Invalid) as caught:
        filters.parse_json(described, {"field": "asked", "op": op, "value": [value] if op == "in" else value})
    [problem] = caught.value.problems
    assert problem.path == "asked"
    sentence = problem.message % problem.data
    assert not [each for each in remedies if each not in sentence], sentence


def test_id_of_a_record_that_is_none_is_told_what_would_be_one() -> None:
    with pytest.raises(Invalid) as caught:
        filters.parse_json(registry.get("deals"), {"field": "id", "value": "7"})
    assert "019a8f6e-" in str(caught.value.problems[0].data)


def test_filters_have_a_size() -> None:
    condition = {"field": "name", "op": "eq", "value": "x"}
    for tree in (
        {"or": [condition] * 61},
        {"and": [{"or": [condition] * 31}, {"or": [condition] * 31}]},
        {"field": "name", "op": "in", "value": ["x"] * 501},
    ):
        with pytest.raises(Invalid):
            filters.parse_json(registry.get("deals"), tree)


def test_chips_speak_of_names(ann: Actor, deals: None) -> None:
    described = registry.get("deals")
    meyer = writing.create(ann, "companies", {"name": "Meyer"})
    params = {"filter[company_id]": str(meyer.id), "filter[close_on][lt]": "today", "filter[outcome]": "won"}
    chips = filters.describe(described, filters.parse_params(described, MultiDict(params)), ann)

    assert [(chip.field.name if chip.field else "", chip.word, chip.labels) for chip in chips] == [
        ("company_id", "is", ("Meyer",)),
        ("close_on", "before", ("today",)),
        ("outcome", "is", ("Won",)),
    ]


FIELDS = [
    (field.name, op) for field in registry.get("contacts").by_name.values() for op in OPERATORS[field.kind]
]
VALUES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=20)
    | st.sampled_from(["today", "me", "2026-11-21", "last_7_days", "%", "\\", "'", "overdue", "12,5"])
    | st.dates().map(str)
)
CONDITIONS = st.builds(
    lambda pair, value: {"field": pair[0], "op": pair[1], "value": value},
    st.sampled_from(FIELDS),
    VALUES | st.lists(VALUES, max_size=3),
)
TREES = st.recursive(
    CONDITIONS,
    lambda inner: (
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"and": parts})
        | st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"or": parts})
        | inner.map(lambda part: {"not": part})
    ),
    max_leaves=5,
)


@settings(max_examples=150)
@given(TREES)
def test_every_tree_is_run_or_refused(ann: Actor, tree: Any) -> None:
    described = registry.get("contacts")
    try:
        where = filters.parse_json(described, tree)
    except Invalid:
        return
    assert filters.parse_json(described, filters.to_json(where)) == where
    assert reading.page(ann, "contacts", Query(where=where)).rows == []


@given(st.dates(min_value=date(1900, 1, 1), max_value=date(2900, 1, 1)), st.integers(0, 6))
def test_weeks_are_seven_days_around_today(day: date, week_start: int) -> None:
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    with clock.frozen(noon):
        habits = Habits(week_start=week_start)
        first, after = bounds(Moment("this_week"), habits)
        last = bounds(Moment("last_week"), habits)

    assert first <= day < after
    assert first.weekday() == week_start
    assert (after - first, last[1]) == (timedelta(days=7), first)


def test_long_texts_are_compared_whole(ann: Actor) -> None:
    """Sort keys end at 200 letters, which signs that are written out reach sooner."""
    for place in ("y" * 230, "y" * 229 + "x", "ß" * 120, "ß" * 119 + "s", "\u33c2" * 90):
        writing.create(ann, "deals", {"name": place[:10], "next_step": place})
    described = registry.get("deals")
    for text, number in (
        ("y" * 230, 1),
        ("Y" * 229 + "x", 1),
        ("ß" * 120, 1),
        ("s" * 240, 1),
        ("ß" * 100, 0),
    ):
        tree = filters.parse_json(described, {"field": "next_step", "op": "eq", "value": text})
        assert len(reading.page(ann, "deals", Query(where=tree)).rows) == number
