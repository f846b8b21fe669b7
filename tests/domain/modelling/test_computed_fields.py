"""A formula or a roll-up is saved only where it can be worked out, and nothing that it needs goes away."""

from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text

import app.domain.catalogue  # noqa: F401 - registers the objects
from app.core.actor import Actor
from app.core.errors import Invalid, NotAllowed
from app.core.grants import VERBS, Grants
from app.core.permissions import Rights
from app.domain.jobs.slices import Budget
from app.domain.modelling import actions, computed
from app.domain.modelling.rules import FieldWish, wish_of
from app.domain.recounts import working
from app.records import filters, making, projection, reading, registry, scope, writing
from app.records.computed import settling
from app.records.tables import field_rows
from tenants.context import entered
from tenants.session import session
from tests import ground
from tests.cast import BOB, KESTREL, KIM, Workspace, settle

FORMULA = FieldWish("formula", {"en": "Net"}, name="net", expression="expected / 1.19")
ROLLUP = FieldWish(
    "rollup",
    {"en": "Open"},
    name="open",
    rollup={"aggregate": "count", "object": "deals", "field": "company_id"},
)


def _formula(source: str, name: str = "net", **more: Any) -> FieldWish:
    return FieldWish("formula", {"en": name.title()}, name=name, expression=source, **more)


def _rollup(name: str = "open", **rollup: Any) -> FieldWish:
    return replace(ROLLUP, labels={"en": name.title()}, name=name, rollup={**(ROLLUP.rollup or {}), **rollup})


def _row(object_name: str, name: str) -> Any:
    here = (field_rows.c.object == object_name) & (field_rows.c.name == name)
    return session.execute(select(field_rows).where(here)).mappings().one()


def _refused(ann: Actor, object_name: str, wish: FieldWish) -> list[tuple[str, str]]:
    with pytest.raises(Invalid) as refused:
        actions.add_field(ann, object_name, wish)
    return [(each.path, each.code) for each in refused.value.problems]


def test_result_and_currency_come_of_the_formula(ann: Actor) -> None:
    actions.add_field(ann, "deals", _formula("amount / 1.19"))
    saved = wish_of(_row("deals", "x_net"))
    assert (saved.result, saved.currency, saved.expression) == ("money", "currency", "amount / 1.19")
    field = registry.get("deals").by_name["x_net"]
    assert (field.kind, field.currency, field.readonly) == ("money", "currency", True)


@pytest.mark.parametrize(
    ("wish", "problem"),
    [
        (_formula("amuont * 2"), ("expression", "unknown_field")),
        (_formula("amount * name"), ("expression", "different")),
        (_formula("amount", result="date"), ("result", "other_result")),
        (_formula("now()"), ("expression", "no_clock")),
        (_formula("amount", is_required=True), ("is_required", "not_possible")),
        (_formula("amount", is_searchable=True), ("is_searchable", "not_possible")),
        (_formula("updated_at"), ("expression", "unknown_field")),
        (_rollup(object="x_none"), ("rollup.object", "required")),
        (_rollup(field="name"), ("rollup.field", "required")),
        (_rollup(aggregate="median"), ("rollup.aggregate", "unknown")),
        (_rollup(aggregate="sum", of="name"), ("rollup.of", "required")),
        (_rollup(aggregate="sum"), ("rollup.of", "required")),
        (_rollup(aggregate="latest", of="amount", by="name"), ("rollup.by", "required")),
        (_rollup(where={"field": "nothing", "op": "eq", "value": 1}), ("rollup.where", "unknown_field")),
        (_rollup(where={"field": "close_on", "op": "eq", "value": "today"}), ("rollup.where", "no_clock")),
        (
            _rollup(where={"field": "company_id.name", "op": "eq", "value": "A"}),
            ("rollup.where", "unknown_field"),
        ),
        (_rollup(where={"field": "owner_id", "op": "eq", "value": "me"}), ("rollup.where", "no_clock")),
    ],
)
def test_what_cannot_be_worked_out_is_not_saved(
    ann: Actor, wish: FieldWish, problem: tuple[str, str]
) -> None:
    assert problem in _refused(ann, "companies" if wish.kind == "rollup" else "deals", wish)


def test_rollup_looks_no_further_than_what_it_counts(ann: Actor) -> None:
    listed = registry.get("deals").related[0].name
    assert ("rollup.where", "unknown_field") in _refused(ann, "companies", _rollup(where={"any": listed}))


def test_circle_is_refused_through_rollups_too(ann: Actor) -> None:
    actions.add_field(ann, "companies", _rollup("worth", aggregate="sum", of="amount"))
    actions.add_field(ann, "companies", _formula("x_worth * 2", "twice"))
    actions.add_field(ann, "deals", _formula("amount * 2", "first"))
    actions.add_field(ann, "deals", _formula("x_first * 2", "second"))
    for values in ({"expression": "x_second + 1"}, {"expression": "x_first"}):
        with pytest.raises(Invalid) as refused:
            actions.change_field(ann, "deals", "x_first", values)
        assert [each.code for each in refused.value.problems] == ["circle"]
    with pytest.raises(Invalid) as refused:
        actions.change_field(
            ann, "companies", "x_worth", {"rollup": {**(ROLLUP.rollup or {}), "object": "companies"}}
        )
    assert refused.value.problems


def test_circle_through_a_relation_to_the_same_object(ann: Actor) -> None:
    above = {"aggregate": "sum", "object": "companies", "field": "parent_id", "of": "employees"}
    if "employees" not in registry.get("companies").by_name:
        actions.add_field(ann, "companies", FieldWish("number", {"en": "Staff"}, name="staff"))
        above["of"] = "x_staff"
    actions.add_field(ann, "companies", replace(ROLLUP, name="below", rollup=above))
    actions.add_field(ann, "companies", _formula("x_below + 1", "all_staff"))
    with pytest.raises(Invalid) as refused:
        actions.change_field(ann, "companies", "x_below", {"rollup": {**above, "of": "x_all_staff"}})
    assert [each.code for each in refused.value.problems] == ["circle"]


def test_what_others_are_made_of_is_not_hidden(ann: Actor) -> None:
    actions.add_field(ann, "deals", FieldWish("number", {"en": "Days"}, name="days"))
    actions.add_field(ann, "deals", _formula("amount / x_days", "per_day"))
    with pytest.raises(Invalid) as refused:
        actions.change_field(ann, "deals", "x_days", {"is_hidden": True})
    assert refused.value.problems[0].code == "in_use"
    actions.change_field(ann, "deals", "x_per_day", {"is_hidden": True})
    actions.change_field(ann, "deals", "x_days", {"is_hidden": True})
    actions.add_field(ann, "companies", ROLLUP)
    with pytest.raises(Invalid) as refused:
        actions.change_object(ann, "deals", is_hidden=True)
    assert refused.value.problems[0].code == "in_use"


def test_result_stays_what_it_was(ann: Actor) -> None:
    actions.add_field(ann, "deals", _formula("amount * 2"))
    with pytest.raises(Invalid) as refused:
        actions.change_field(ann, "deals", "x_net", {"expression": "name"})
    assert refused.value.problems[0].code == "other_result"


def test_as_many_as_there_may_be(ann: Actor) -> None:
    for number in range(computed.MOST_ROLLUPS):
        actions.add_field(ann, "companies", _rollup(f"r{number}"))
    assert ("name", "too_many") in _refused(ann, "companies", _rollup("one_more"))


def test_change_of_a_formula_works_all_records_out(ann: Actor) -> None:
    company = writing.create(ann, "companies", {"name": "Aare"}).id
    actions.add_field(ann, "companies", _formula("name + '!'", "loud"))
    assert reading.fetch(ann, "companies", company).values["x_loud"] is None
    staged = "SELECT payload ->> 'object' FROM kith.outbox WHERE name = 'modelling.work_out'"
    assert session.scalars(text(staged)).all() == ["companies"]
    job = working.begin("companies")
    assert job is not None
    while working.advance(ann, job, Budget(0)):
        session.refresh(job)
    session.refresh(job)
    assert (job.rows_done, job.rows_total) == (1, 1)
    assert reading.fetch(ann, "companies", company).values["x_loud"] == "Aare!"


def _limited(office: Workspace, **more: Any) -> Actor:
    levels = {name: dict.fromkeys(VERBS, "all") for name in ("*", "companies", "deals")}
    levels["deals"]["read"] = more.pop("deals", "all")
    grants = Grants(levels, **more)  # type: ignore[arg-type]
    return replace(office.actor(BOB), grants=grants)


def test_who_does_not_see_an_input_does_not_see_the_result(ann: Actor, office: Workspace) -> None:
    actions.add_field(ann, "deals", _formula("amount * 2", "twice"))
    actions.add_field(ann, "deals", _formula("x_twice * 2", "four"))
    actions.add_field(ann, "companies", _rollup("sum", aggregate="sum", of="x_four"))
    company = writing.create(ann, "companies", {"name": "Aare"}).id
    blind = _limited(office, hidden={"deals": frozenset({"amount"})})
    assert not {"x_twice", "x_four"} & scope.seen(blind, registry.get("deals")).by_name.keys()
    assert "x_sum" not in reading.fetch(blind, "companies", company).values
    with pytest.raises(Invalid):
        projection.projection(blind, scope.seen(blind, registry.get("companies")), ["x_sum"])
    with pytest.raises(Invalid):
        filters.parse_json(scope.seen(blind, registry.get("deals")), {"field": "x_four", "op": "empty"})
    assert "x_sum" in reading.fetch(_limited(office), "companies", company).values


@pytest.mark.parametrize(
    ("level", "is_seen"), [("all", True), ("team", False), ("own", False), ("none", False)]
)
def test_rollup_is_for_who_reads_all_of_them(
    ann: Actor, office: Workspace, level: str, is_seen: bool
) -> None:
    actions.add_field(ann, "companies", ROLLUP)
    shown = scope.seen(_limited(office, deals=level), registry.get("companies")).by_name
    assert ("x_open" in shown) == is_seen


def test_app_without_the_scope_sees_no_rollup(ann: Actor) -> None:
    actions.add_field(ann, "companies", ROLLUP)
    app = replace(ann, kind="client", permissions=Rights({"companies:read", "companies:write"}))
    assert "x_open" not in making.create(app, "companies", {"name": "Birs"}).json
    assert "x_open" in making.create(ann, "companies", {"name": "Aare"}).json


def test_customers_see_no_more_than_the_inputs(ann: Actor) -> None:
    secret = FieldWish("number", {"en": "Margin"}, name="margin", visibility="opinion")
    actions.add_field(ann, "orders", secret)
    actions.add_field(ann, "orders", _formula("x_margin * 2", "twice"))
    actions.add_field(ann, "orders", _formula("total * 2", "double_total"))
    customer = replace(ann, kind="customer")
    shown = scope.seen(customer, registry.get("orders")).by_name
    assert ("x_twice" in shown, "x_double_total" in shown) == (False, True)


def test_sum_of_an_order_brings_its_formulas_along(ann: Actor) -> None:
    actions.add_field(ann, "orders", _formula("total * 2", "double_total"))
    actions.add_field(
        ann, "companies", _rollup("spent", object="orders", aggregate="sum", of="x_double_total")
    )
    company = writing.create(ann, "companies", {"name": "Aare"}).id
    order = writing.create(ann, "orders", {"company_id": company, "currency": "EUR"}).id
    writing.create(
        ann, "order_lines", {"order_id": order, "description": "Seal", "quantity": 3, "unit_price": 10}
    )
    assert settling.settle() is False
    assert settling.settle() is False
    assert reading.fetch(ann, "orders", order).values["x_double_total"] == 60
    assert reading.fetch(ann, "companies", company).values["x_spent"] == 60


def test_other_tenants_have_neither_field_nor_marks(app: Flask, ann: Actor) -> None:
    session.remove()
    other = settle(app, KESTREL, ground.fresh_tenant("kestrel"))
    with app.app_context(), entered(other.tenant):
        actions.add_field(other.actor(KIM), "companies", ROLLUP)
        session.commit()
        session.remove()
    company = writing.create(ann, "companies", {"name": "Reuss"}).id
    writing.create(ann, "deals", {"name": "Pumps", "company_id": company})
    assert "x_open" not in registry.get("companies").by_name
    assert session.scalar(text("SELECT count(*) FROM recounts")) == 0


def test_model_is_for_who_manages_the_workspace(ann: Actor, office: Workspace) -> None:
    with pytest.raises(NotAllowed):
        actions.add_field(office.actor(BOB), "companies", ROLLUP)
