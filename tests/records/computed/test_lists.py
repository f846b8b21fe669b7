"""Formulas over a field that holds several records: as many as are told, whatever becomes of them."""

from typing import Any
from uuid import UUID

import pytest
from flask import Flask

import app.domain.catalogue  # noqa: F401 - registers the objects
from app.core.actor import Actor
from app.core.errors import Invalid
from app.domain.duplicates import actions as duplicates
from app.domain.modelling import actions
from app.domain.modelling.rules import FieldWish
from app.domain.purging import actions as purging
from app.records import reading, trash, writing
from app.records.computed import plans, settling
from tests.cast import Workspace
from tests.office import furnished

FORMULAS = {
    "crew": "size(operators)",
    "unmanned": "operators == null",
    "manned": "has(operators)",
    "led": "chief in operators",
    "crowded": "operators.size() > 1 ? 'yes' : 'no'",
}


def formula(source: str, name: str) -> FieldWish:
    return FieldWish("formula", {"en": name.title()}, name=name, expression=source)


@pytest.fixture(scope="module")
def office(app: Flask, office: Workspace) -> Workspace:
    """Nordwind, whose machines have operators, and one of them a chief."""
    with furnished(app, office) as ann:
        actions.add_object(ann, {"en": "Machine"}, {"en": "Machines"})
        several = FieldWish("relations", {"en": "Operators"}, name="operators", target="contacts")
        actions.add_field(ann, "x_machines", several)
        chief = FieldWish("relation", {"en": "Chief"}, name="chief", target="contacts")
        actions.add_field(ann, "x_machines", chief)
        for name, source in FORMULAS.items():
            actions.add_field(ann, "x_machines", formula(source, name))
    return office


@pytest.fixture
def crew(ann: Actor) -> list[UUID]:
    """Anna and Otto."""
    return [writing.create(ann, "contacts", {"first_name": name}).id for name in ("Anna", "Otto")]


@pytest.fixture
def press(ann: Actor, crew: list[UUID]) -> UUID:
    """A machine with both of them, led by Anna."""
    values = {"name": "Press", "operators": [str(each) for each in crew], "chief": str(crew[0])}
    return writing.create(ann, "x_machines", values).id


def told(ann: Actor, machine: UUID) -> tuple[Any, ...]:
    assert settling.settle() is False
    values = reading.fetch(ann, "x_machines", machine).values
    return tuple(values[name] for name in FORMULAS)


BOTH, ANNA, NOBODY = (
    (2, False, True, True, "yes"),
    (1, False, True, True, "no"),
    (0, True, False, False, "no"),
)


def test_formula_follows_the_list(ann: Actor, press: UUID, crew: list[UUID]) -> None:
    assert told(ann, press) == BOTH
    writing.update(ann, "x_machines", press, {"operators": [str(crew[0])]})
    assert told(ann, press) == ANNA
    writing.update(ann, "x_machines", press, {"operators": []})
    assert told(ann, press) == NOBODY
    assert told(ann, writing.create(ann, "x_machines", {"name": "Lathe"}).id) == NOBODY


def test_what_lies_in_the_trash_does_not_count(ann: Actor, press: UUID, crew: list[UUID]) -> None:
    trash.trash(ann, "contacts", crew[1])
    assert told(ann, press) == ANNA
    writing.update(ann, "x_machines", press, {"name": "Press 7"})
    assert told(ann, press) == ANNA
    trash.restore(ann, "contacts", crew[1])
    assert told(ann, press) == BOTH


def test_who_is_deleted_for_good_does_not_count(ann: Actor, press: UUID, crew: list[UUID]) -> None:
    trash.trash(ann, "contacts", crew[1])
    purging.purge(ann, "contacts", [crew[1]])
    assert told(ann, press) == ANNA


def test_two_that_became_one_count_once(ann: Actor, press: UUID, crew: list[UUID]) -> None:
    duplicates.merge(ann, "contacts", crew[0], crew[1])
    assert told(ann, press) == ANNA
    duplicates.unmerge(ann, "contacts", crew[1])
    assert told(ann, press) == BOTH


def test_one_of_them_is_named_by_its_id(ann: Actor, press: UUID, crew: list[UUID]) -> None:
    name = actions.add_field(ann, "x_machines", formula(f"'{crew[1]}' in operators", "has_otto"))
    settling.work_out("x_machines", [press])
    assert reading.fetch(ann, "x_machines", press)[name] is True


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("operators", "bad_result"),
        ("operators + 1", "different"),
        ("operators > null", "wrong_kind"),
        ("operators == 'x'", "different"),
        ("7 in operators", "wrong_kind"),
        ("upper(operators)", "bad_arguments"),
    ],
)
def test_what_cannot_be_made_of_several_records_is_refused(ann: Actor, source: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        actions.add_field(ann, "x_machines", formula(source, "wrong"))
    assert [each.code for each in refused.value.problems] == [code]


def test_field_that_a_formula_reads_is_not_hidden(ann: Actor) -> None:
    with pytest.raises(Invalid) as refused:
        actions.change_field(ann, "x_machines", "operators", {"is_hidden": True})
    assert "crew" in str(refused.value.problems[0].data).lower()


def test_count_is_for_those_who_see_all_of_them(ann: Actor) -> None:
    needs = plans.present().needs
    assert ("contacts", None) in needs["x_machines", "crew"]
    assert ("x_machines", "operators") in needs["x_machines", "led"]
