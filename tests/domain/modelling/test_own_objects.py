"""An object and fields that a company adds are at once in everything that the engine does, for it alone."""

from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import orjson
import pytest
from flask import Flask
from sqlalchemy import select, text

import app.domain.catalogue  # noqa: F401 - registers the objects
from app.core.actor import Actor
from app.core.errors import Invalid, NotAllowed, NotFound
from app.core.text import OwnWords
from app.domain.modelling import actions
from app.domain.modelling.rules import FieldWish
from app.records import (
    documents,
    facts,
    filters,
    finding,
    keyset,
    reading,
    registry,
    trash,
    undo,
    upserting,
    writing,
)
from app.records.reading import Query
from app.records.record import Record
from tenants import engines
from tenants.bootstrap import FIRST_CELL
from tenants.context import entered
from tenants.session import session
from tests import ground, schemas
from tests.cast import BOB, KESTREL, KIM, Workspace, settle
from tests.office import furnished

MACHINES = ({"en": "Machine", "de": "Maschine"}, {"en": "Machines", "de": "Maschinen"})
FIELDS = {
    "serial": FieldWish("text", {"en": "Serial"}, is_searchable=True, is_unique=True, in_table=True),
    "price": FieldWish("money", {"en": "Price"}),
    "built": FieldWish("date", {"en": "Built"}, is_sortable=True),
    "checked": FieldWish("datetime", {"en": "Checked"}),
    "hours": FieldWish("number", {"en": "Hours"}, decimals=1, minimum=0, is_sortable=True),
    "leased": FieldWish("boolean", {"en": "Leased"}),
    "state": FieldWish(
        "choice",
        {"en": "State", "de": "Zustand"},
        choices=(
            {"value": "running", "labels": {"en": "Running", "de": "Läuft"}, "state": "good"},
            {"value": "broken", "labels": {"en": "Broken"}, "state": "bad"},
        ),
    ),
    "tags": FieldWish(
        "choices",
        {"en": "Tags"},
        choices=({"value": "loud", "labels": {"en": "Loud"}}, {"value": "old", "labels": {"en": "Old"}}),
    ),
    "company_id": FieldWish("relation", {"en": "Company"}, target="companies", name="company_id"),
    "keeper": FieldWish("member", {"en": "Keeper"}),
}
PRESS = {
    "name": "Press 7",
    "serial": "P-7",
    "price": "1234.50",
    "price_currency": "EUR",
    "built": "2019-05-04",
    "checked": "2026-01-02T03:04:05+01:00",
    "hours": "12.5",
    "leased": True,
    "state": "Läuft",
    "tags": "old, loud",
}


@pytest.fixture(scope="module")
def office(app: Flask, office: Workspace) -> Workspace:
    """Nordwind, which lends machines."""
    with furnished(app, office) as ann:
        actions.add_object(ann, *MACHINES)
        for name, wish in FIELDS.items():
            assert actions.add_field(ann, "x_machines", wish) == name
        badge = FieldWish("text", {"en": "Badge", "de": "Ausweis"}, is_searchable=True, is_sortable=True)
        assert actions.add_field(ann, "contacts", badge) == "x_badge"
        session.commit()
        for object_name, name in (("x_machines", "built"), ("x_machines", "hours"), ("contacts", "x_badge")):
            actions.index(object_name, name)
            session.commit()
    return office


def _press(ann: Actor, **more: object) -> UUID:
    return writing.create(ann, "x_machines", {**PRESS, **more}).id


def test_every_kind_is_kept_and_read_with_its_type(ann: Actor) -> None:
    machine = reading.fetch(ann, "x_machines", _press(ann))
    values = {name: machine.values[name] for name in PRESS}
    assert values == {
        **PRESS,
        "price": Decimal("1234.5"),
        "built": date(2019, 5, 4),
        "checked": datetime(2026, 1, 2, 2, 4, 5, tzinfo=UTC),
        "hours": Decimal("12.5"),
        "state": "running",
        "tags": ["loud", "old"],
    }


def test_changing_one_field_leaves_the_others(ann: Actor) -> None:
    press = _press(ann)
    writing.update(ann, "x_machines", press, {"hours": "13", "tags": None})
    machine = reading.fetch(ann, "x_machines", press)
    assert (machine.values["hours"], machine.values["tags"], machine.values["serial"]) == (13, None, "P-7")
    assert machine.version == 2


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("hours", "-1", "out_of_range"),
        ("built", "gestern", "not_a_date"),
        ("state", "melted", "not_a_choice"),
        ("name", "", "required"),
        ("serail", "X", "unknown_field"),
    ],
)
def test_wrong_values_are_refused_by_field(ann: Actor, field: str, value: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        _press(ann, **{field: value})
    assert (field, code) in [(each.path, each.code) for each in refused.value.problems]


def test_unique_field_belongs_to_one_record(ann: Actor) -> None:
    press = _press(ann)
    with pytest.raises(Invalid) as refused:
        _press(ann, serial="p-7")
    assert refused.value.problems[0].data["record_id"] == str(press)
    trash.trash(ann, "x_machines", press)
    assert _press(ann)


@pytest.mark.parametrize(
    ("tree", "found"),
    [
        ({"field": "hours", "op": "gt", "value": 12}, True),
        ({"field": "hours", "op": "gt", "value": 13}, False),
        ({"field": "built", "op": "between", "value": ["2019-01-01", "2019-12-31"]}, True),
        ({"field": "checked", "op": "lt", "value": "2026-01-02T02:04:05Z"}, False),
        ({"field": "tags", "op": "in", "value": ["old"]}, True),
        ({"field": "tags", "op": "not_in", "value": ["loud"]}, False),
        ({"field": "leased", "op": "eq", "value": True}, True),
        ({"field": "serial", "op": "starts", "value": "p-"}, True),
        ({"field": "keeper", "op": "empty"}, True),
    ],
)
def test_lists_filter_by_own_fields(ann: Actor, tree: object, found: bool) -> None:
    press = _press(ann)
    where = filters.parse_json(registry.get("x_machines"), tree)
    rows = reading.page(ann, "x_machines", Query(where=where)).rows
    assert [row.id for row in rows] == ([press] if found else [])


@pytest.mark.parametrize("sort", ["hours", "-hours", "built", "-built", "name"])
def test_lists_sort_and_page_by_own_fields(ann: Actor, sort: str) -> None:
    for number in range(7):
        built = f"20{number + 10}-01-01" if number else None
        hours = number * 10 if number else None
        _press(ann, name=f"M {number}", serial=f"S{number}", hours=hours, built=built)
    seen, cursor = [], None
    while True:
        page = reading.page(
            ann, "x_machines", Query(sort=sort, limit=3, cursor=cursor, fields=["name", "hours"])
        )
        seen += [row.values["name"] for row in page.rows]
        cursor = page.next_cursor
        if cursor is None:
            break
    valued = [f"M {number}" for number in range(1, 7)]
    if sort == "name":
        assert seen == ["M 0", *valued]
    else:
        assert seen == [*(reversed(valued) if sort[0] == "-" else valued), "M 0"]


def test_sort_by_own_field_walks_its_index(ann: Actor) -> None:
    described = registry.get("x_machines")
    sort = keyset.sort_of(described, "hours")
    rows = keyset.keys(described, sort, [described.table.c.deleted_at.is_(None)], None, 50)
    asked = str(select(rows).compile(session.connection().engine, compile_kwargs={"literal_binds": True}))
    schema = session.scalar(text("SELECT current_schema()"))
    owner = schemas.link(engines.engines().cell_url(FIRST_CELL))
    with owner.transaction(force_rollback=True):
        # Of a handful of rows the planner may think anything; the question is whether the index can serve.
        for other in ("enable_seqscan", "enable_bitmapscan", "enable_sort"):
            owner.execute(f"SET LOCAL {other} = off")
        owner.execute(f"SET LOCAL search_path = {schema}, ext")
        plan = owner.execute(f"EXPLAIN {asked}".encode()).fetchall()
    assert "_sort" in str(plan)


def test_search_finds_by_own_fields(ann: Actor) -> None:
    press = _press(ann)
    writing.create(ann, "contacts", {"last_name": "Meyer", "x_badge": "Zugang-4711"})
    assert [(hit.object, hit.title) for hit in finding.find(ann, "p-7")] == [("x_machines", "Press 7")]
    assert [hit.object for hit in finding.find(ann, "zugang-4711")] == ["contacts"]
    assert finding.find(ann, "Press")[0].record_id == press


def test_relations_join_both_ways(ann: Actor) -> None:
    company = writing.create(ann, "companies", {"name": "Meyer Maschinenbau"})
    press = _press(ann, company_id=str(company.id))
    machine = reading.fetch(ann, "x_machines", press)
    assert machine.labels["company_id"] == "Meyer Maschinenbau"
    there = registry.get("companies").related[-1]
    assert (there.object, there.field) == ("x_machines", "company_id")
    listed = reading.related(ann, "companies", company.id, there.name)
    assert [row.id for row in listed.rows] == [press]
    with pytest.raises(Invalid):
        _press(ann, serial="P-8", company_id=str(press))


def test_list_at_the_other_record_has_a_name_of_its_own(ann: Actor) -> None:
    named = {"en": "Serviced machines", "de": "Gewartete Maschinen"}
    wish = FieldWish("relation", {"en": "Serviced by"}, target="companies", list_labels=named)
    actions.add_field(ann, "x_machines", wish)
    labels = {each.field: each.label for each in registry.get("companies").related}
    assert (labels["company_id"], labels["serviced_by"]) == ("Machines", "Serviced machines")
    assert OwnWords(named).said("de") == labels["serviced_by"].said("de")  # type: ignore[attr-defined]
    with pytest.raises(Invalid) as refused:
        actions.change_field(ann, "x_machines", "serviced_by", {"list_labels": {"en": "x" * 61}})
    assert [each.path for each in refused.value.problems] == ["list_labels.en"]


def test_relation_is_shown_whole_whatever_it_is_called(ann: Actor) -> None:
    """There is no place beside one called Customer: the company stands in the place of its id."""
    wish = FieldWish("relation", {"en": "Customer"}, target="companies")
    assert actions.add_field(ann, "x_machines", wish) == "customer"
    company = writing.create(ann, "companies", {"name": "Meyer Maschinenbau"})
    press = _press(ann, customer=str(company.id))
    told = orjson.loads(documents.one(ann, "x_machines", press, expand=["customer"]).json)
    assert told["customer"]["name"] == "Meyer Maschinenbau"
    page = documents.page(ann, "x_machines", Query(fields=("name", "customer")), expand=["customer"])
    assert [orjson.loads(each)["customer"]["id"] for each in page.json] == [str(company.id)]


def test_history_undo_trash_and_upsert_work(ann: Actor) -> None:
    press = _press(ann)
    writing.update(ann, "x_machines", press, {"hours": "99", "state": "broken"})
    last = facts.timeline(ann, [press]).entries[0]
    assert {change.field for change in last.changes} == {"hours", "state"}
    undo.undo(ann, last.fact_ids[0])
    assert reading.fetch(ann, "x_machines", press).values["hours"] == Decimal("12.5")
    trash.trash(ann, "x_machines", press)
    with pytest.raises(NotFound):
        reading.fetch(ann, "x_machines", press)
    trash.restore(ann, "x_machines", press)
    record, is_new = upserting.upsert(ann, "x_machines", "serial", "p-7", {"hours": 1})
    assert (record.id, is_new) == (press, False)


def test_standard_object_carries_own_field(ann: Actor) -> None:
    meyer = writing.create(ann, "contacts", {"last_name": "Meyer", "x_badge": "B 1"})
    writing.create(ann, "contacts", {"last_name": "Otto", "x_badge": "A 2"})
    names = [row.values["x_badge"] for row in _badges(ann, sort="x_badge")]
    assert names == ["A 2", "B 1"]
    where = filters.parse_json(registry.get("contacts"), {"field": "x_badge", "op": "eq", "value": "b 1"})
    assert [row.id for row in _badges(ann, where=where)] == [meyer.id]


def test_own_field_stands_beside_one_with_a_name_like_custom(ann: Actor) -> None:
    actions.add_field(ann, "companies", FieldWish("text", {"en": "Badge"}))
    since = {"name": "Meyer", "customer_since": "2020-01-02", "x_badge": "1"}
    company = writing.create(ann, "companies", since)
    assert reading.fetch(ann, "companies", company.id).values["customer_since"] == date(2020, 1, 2)


def test_nobody_else_has_the_object(app: Flask, office: Workspace) -> None:
    kestrel = settle(app, KESTREL, ground.fresh_tenant("kestrel"))
    with app.app_context(), entered(kestrel.tenant):
        assert registry.model() is registry.standard()
        with pytest.raises(NotFound):
            reading.page(kestrel.actor(KIM), "x_machines")
        with pytest.raises(Invalid):
            writing.create(kestrel.actor(KIM), "contacts", {"last_name": "Hart", "x_badge": "1"})
        session.remove()


def test_model_is_for_those_who_manage(ann: Actor, office: Workspace) -> None:
    with pytest.raises(NotAllowed):
        actions.add_object(office.actor(BOB), *MACHINES)
    assert reading.page(office.actor(BOB), "x_machines").rows == []


def test_hidden_field_keeps_its_values(ann: Actor) -> None:
    press = _press(ann)
    actions.change_field(ann, "x_machines", "hours", {"is_hidden": True})
    assert "hours" not in registry.get("x_machines").by_name
    writing.update(ann, "x_machines", press, {"state": "broken"})
    actions.change_field(ann, "x_machines", "hours", {"is_hidden": False})
    assert reading.fetch(ann, "x_machines", press).values["hours"] == Decimal("12.5")


def test_hidden_object_is_nowhere_and_comes_back(ann: Actor) -> None:
    press = _press(ann)
    actions.change_object(ann, "x_machines", is_hidden=True)
    with pytest.raises(NotFound):
        reading.fetch(ann, "x_machines", press)
    assert registry.get("companies").related == registry.standard().get("companies").related
    actions.change_object(ann, "x_machines", is_hidden=False)
    assert reading.fetch(ann, "x_machines", press).id == press


def test_standard_words_can_be_the_companys(ann: Actor) -> None:
    actions.change_object(ann, "deals", singular={"de": "Chance"}, plural={"de": "Chancen"})
    actions.change_field(ann, "deals", "amount", {"labels": {"de": "Volumen"}})
    deals = registry.get("deals")
    told = (deals.plural, deals.by_name["amount"].label)
    assert [each.said("de") for each in told if isinstance(each, OwnWords)] == ["Chancen", "Volumen"]
    assert str(deals.plural) == "Deals"


@pytest.mark.parametrize(
    ("wish", "path"),
    [
        (FieldWish("text", {}), "labels"),
        (FieldWish("text", {"en": "<b>"}), "labels.en"),
        (FieldWish("text", {"fr": "Nom"}), "labels.fr"),
        (FieldWish("rainbow", {"en": "X"}), "kind"),
        (FieldWish("choice", {"en": "X"}), "choices"),
        (FieldWish("relation", {"en": "X"}, target="moons"), "target"),
        (FieldWish("number", {"en": "X"}, is_unique=True), "is_unique"),
        (FieldWish("longtext", {"en": "X"}, is_sortable=True), "is_sortable"),
        (FieldWish("text", {"en": "X"}, name="serial"), "name"),
        (FieldWish("text", {"en": "X"}, name="version"), "name"),
        (FieldWish("text", {"en": "X"}, name="Ab c"), "name"),
    ],
)
def test_impossible_fields_are_refused(ann: Actor, wish: FieldWish, path: str) -> None:
    with pytest.raises(Invalid) as refused:
        actions.add_field(ann, "x_machines", wish)
    assert path in [each.path for each in refused.value.problems]


def _badges(ann: Actor, **query: object) -> list[Record]:
    asked = Query(fields=["x_badge"], **query)  # type: ignore[arg-type]
    return [row for row in reading.page(ann, "contacts", asked).rows if row.values["x_badge"]]
