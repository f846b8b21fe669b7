"""Formulas and roll-ups hold what they say, whatever happens to the records that they are made of."""

from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, text

import app.domain.catalogue  # noqa: F401 - registers the objects
from app.core.actor import Actor
from app.core.errors import Invalid
from app.domain.modelling import actions
from app.domain.modelling.rules import FieldWish
from app.records import facts, filters, reading, registry, trash, trashing, undo, writing
from app.records.computed import settling
from app.records.computed.tables import recounts
from app.records.joining import merge
from app.records.reading import Query
from app.records.tables import fact_values
from app.records.trashing import Bulk
from app.records.writing import Row
from tenants.context import entered
from tenants.session import session
from tests.cast import ANN, Workspace
from tests.office import furnished

MACHINES = ({"en": "Machine"}, {"en": "Machines"})
NUMBER = FieldWish("number", {"en": "Hours"}, name="hours")


def _formula(source: str, name: str, **more: Any) -> FieldWish:
    return FieldWish("formula", {"en": name.title()}, name=name, expression=source, **more)


def _rollup(name: str, **rollup: Any) -> FieldWish:
    given = {"object": "x_machines", "field": "company_id", **rollup}
    return FieldWish("rollup", {"en": name.title()}, name=name, rollup=given)


@pytest.fixture(scope="module")
def office(app: Flask, office: Workspace) -> Workspace:
    """Nordwind, which lends machines by the hour."""
    with furnished(app, office) as ann:
        actions.add_object(ann, *MACHINES)
        for wish in (
            FieldWish("money", {"en": "Rate"}, name="rate"),
            NUMBER,
            FieldWish("date", {"en": "Built"}, name="built"),
            FieldWish("relation", {"en": "Company"}, name="company_id", target="companies"),
            _formula("rate * hours", "worth", in_table=True),
            _formula("worth > 1000 ? 'large' : 'small'", "size_class", is_searchable=True),
            _formula("rate / hours", "split"),
        ):
            actions.add_field(ann, "x_machines", wish)
        for wish in (
            _rollup("machines", aggregate="count"),
            _rollup("worth", aggregate="sum", of="worth"),
            _rollup("newest", aggregate="max", of="built"),
            _rollup("last", aggregate="latest", of="hours", by="built"),
            _rollup("large", aggregate="count", where={"field": "size_class", "op": "eq", "value": "large"}),
            _formula("x_machines * 100", "x_points"),
        ):
            actions.add_field(ann, "companies", wish)
    return office


def _machine(ann: Actor, **values: Any) -> UUID:
    given = {"name": "Press", "rate": "12.50", "rate_currency": "EUR", "hours": 4, **values}
    return writing.create(ann, "x_machines", given).id


def _of(ann: Actor, object_name: str, record_id: UUID, *names: str) -> list[Any]:
    values = reading.fetch(ann, object_name, record_id).values
    return [values[name] for name in names]


def _kept(machine: UUID) -> dict[str, Any]:
    base = registry.get("x_machines").base
    return dict(session.scalar(select(base.c.custom).where(base.c.id == machine)) or {})


def _company(ann: Actor, name: str = "Aare") -> UUID:
    return writing.create(ann, "companies", {"name": name}).id


def _counted(ann: Actor, company: UUID, *names: str) -> list[Any]:
    assert settling.settle() is False
    return _of(ann, "companies", company, *(names or ("x_machines", "x_worth")))


def test_formula_is_there_with_its_record(ann: Actor) -> None:
    machine = _machine(ann)
    assert _of(ann, "x_machines", machine, "worth", "rate_currency", "size_class") == [50, "EUR", "small"]
    writing.update(ann, "x_machines", machine, {"hours": 100})
    assert _of(ann, "x_machines", machine, "worth", "size_class", "split") == [1250, "large", Decimal("0.13")]


def test_other_currency_comes_through(ann: Actor) -> None:
    machine = _machine(ann)
    writing.update(ann, "x_machines", machine, {"rate_currency": "CHF"})
    assert _of(ann, "x_machines", machine, "worth", "rate_currency") == [50, "CHF"]


def test_formulas_filter_sort_and_are_searched(ann: Actor) -> None:
    small, large = _machine(ann), _machine(ann, hours=200)
    where = filters.parse_json(registry.get("x_machines"), {"field": "worth", "op": "gt", "value": 1000})
    assert [row.id for row in reading.page(ann, "x_machines", Query(where=where)).rows] == [large]
    found = reading.page(ann, "x_machines", Query(search="large"))
    assert [row.id for row in found.rows] == [large]
    assert small != large


@pytest.mark.parametrize("name", ["worth", "size_class", "x_nothing"])
def test_what_is_worked_out_is_not_written(ann: Actor, name: str) -> None:
    with pytest.raises(Invalid) as refused:
        _machine(ann, **{name: "5"})
    code = "unknown_field" if name == "x_nothing" else "read_only"
    assert [(each.path, each.code) for each in refused.value.problems] == [(name, code)]


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"hours": 0}, "division_by_zero"),
        ({"hours": None}, "missing_value"),
        ({"rate": None}, "missing_value"),
    ],
)
def test_error_leaves_the_field_empty_and_says_why(ann: Actor, values: dict[str, Any], why: str) -> None:
    machine = _machine(ann, **values)
    kept = _kept(machine)
    assert ("split" in kept, kept["split!"]) == (False, why)
    writing.update(ann, "x_machines", machine, {"hours": 2, "rate": "3"})
    assert _of(ann, "x_machines", machine, "split") == [Decimal("1.5")]
    assert "split!" not in _kept(machine)


def test_history_tells_only_what_people_changed(ann: Actor) -> None:
    machine = _machine(ann)
    writing.update(ann, "x_machines", machine, {"hours": 8})
    edit = undo.last_edit(machine)
    assert edit is not None
    assert session.scalar(select(fact_values.c.changes).where(fact_values.c.fact_id == edit)) == {
        "hours": ["4.0000", "8.0000"]
    }
    undo.undo(ann, edit)
    assert _of(ann, "x_machines", machine, "hours", "worth") == [4, 50]


def test_new_company_counts_none(ann: Actor) -> None:
    assert _of(ann, "companies", _company(ann), "x_machines", "x_worth", "x_points") == [0, 0, 0]


def test_rollups_follow_what_points_here(ann: Actor) -> None:
    company = _company(ann)
    _machine(ann, company_id=company, built="2020-01-01")
    _machine(ann, company_id=company, built="2024-01-01", hours=100)
    assert _counted(ann, company, "x_machines", "x_worth", "x_last", "x_large") == [2, 1300, 100, 1]
    assert _of(ann, "companies", company, "x_points", "x_worth_currency", "version") == [200, "EUR", 1]


def test_history_does_not_tell_of_rollups(ann: Actor) -> None:
    company = _company(ann)
    _machine(ann, company_id=company)
    assert _counted(ann, company) == [1, 50]
    assert {each.verb for each in facts.timeline(ann, [company]).entries} == {"created"}


def test_moved_record_counts_where_it_is_now(ann: Actor) -> None:
    here, there = _company(ann), _company(ann, "Birs")
    machine = _machine(ann, company_id=here)
    assert _counted(ann, here) == [1, 50]
    writing.update(ann, "x_machines", machine, {"company_id": there})
    assert (_counted(ann, here), _of(ann, "companies", there, "x_machines")) == ([0, 0], [1])


def test_trash_and_its_undoing_count(ann: Actor) -> None:
    company = _company(ann)
    machine = _machine(ann, company_id=company)
    assert _counted(ann, company) == [1, 50]
    trash.trash(ann, "x_machines", machine)
    assert _counted(ann, company) == [0, 0]
    trash.restore(ann, "x_machines", machine)
    assert _counted(ann, company) == [1, 50]
    trashing.trash_many(ann, "x_machines", [machine], Bulk("Away"))
    assert _counted(ann, company) == [0, 0]


def test_merged_companies_count_together(ann: Actor) -> None:
    keep, drop = _company(ann), _company(ann, "Aare AG")
    _machine(ann, company_id=keep)
    _machine(ann, company_id=drop)
    merge.merge(ann, "companies", keep, drop)
    assert _counted(ann, keep) == [2, 100]


def test_amounts_in_two_currencies_have_no_sum(ann: Actor) -> None:
    company = _company(ann)
    _machine(ann, company_id=company)
    _machine(ann, company_id=company, rate_currency="CHF")
    assert _counted(ann, company) == [2, None]


def test_change_that_does_not_matter_counts_nothing(ann: Actor) -> None:
    machine = _machine(ann, company_id=_company(ann))
    settling.settle()
    writing.update(ann, "x_machines", machine, {"name": "Lathe"})
    assert session.scalars(select(recounts.c.id)).all() == []


def test_import_marks_once_for_a_chunk(ann: Actor) -> None:
    company = _company(ann)
    settling.settle()
    rows = [
        Row({"name": f"M {n}", "rate": 1, "rate_currency": "EUR", "hours": 1, "company_id": company})
        for n in range(40)
    ]
    writing.write_many(ann, "x_machines", rows, title="Import")
    assert session.scalars(select(recounts.c.record_id)).all() == [company]
    staged = session.scalar(text("SELECT count(*) FROM kith.outbox WHERE name = 'records.settle'"))
    assert staged == 1
    assert _counted(ann, company) == [40, 40]


def test_record_that_somebody_holds_waits_its_turn(ann: Actor) -> None:
    company = _company(ann)
    assert settling.work_out("companies", [company]) == []


def test_recount_repairs_what_went_past_the_engine(app: Flask, office: Workspace) -> None:
    with app.app_context(), entered(office.tenant):
        ann = office.actor(ANN)
        company = _company(ann)
        session.execute(
            text('UPDATE companies SET custom = custom || \'{"x_machines": "7"}\' WHERE id = :id'),
            {"id": company},
        )
        assert _of(ann, "companies", company, "x_machines") == [7]
        assert settling.work_out("companies", [company]) == []
        assert _of(ann, "companies", company, "x_machines", "x_points") == [0, 0]
        session.remove()
