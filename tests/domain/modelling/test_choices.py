"""Choices are moved, coloured, renamed, retired and replaced without losing what records say."""

from collections.abc import Mapping
from uuid import UUID

import pytest
from flask import Flask

import app.domain.catalogue  # noqa: F401 - registers the objects
from app.api.describing import schemas
from app.core.actor import Actor
from app.core.errors import Invalid, NotAllowed, NotFound
from app.domain.bulk import replacing, running
from app.domain.jobs.slices import Budget
from app.domain.modelling import actions, queries
from app.domain.modelling.rules import FieldWish
from app.records import reading, registry, undo, writing
from app.records.reading import Query
from tenants.session import session
from tests.cast import BOB, Workspace
from tests.office import furnished

STATES = ("running", "idle", "broken")
CHOICES = tuple({"value": each, "labels": {"en": each.title()}} for each in STATES)


@pytest.fixture(scope="module")
def office(app: Flask, office: Workspace) -> Workspace:
    """Nordwind, which lends machines."""
    with furnished(app, office) as ann:
        actions.add_object(ann, {"en": "Machine"}, {"en": "Machines"})
        actions.add_field(ann, "x_machines", FieldWish("choice", {"en": "State"}, choices=CHOICES))
        actions.add_field(ann, "x_machines", FieldWish("choices", {"en": "Tags"}, choices=CHOICES))
    return office


def _press(ann: Actor, **values: object) -> UUID:
    return writing.create(ann, "x_machines", {"name": "Press", **values}).id


def _told(ann: Actor, name: str = "state") -> list[tuple[str, bool]]:
    wish = queries.field_of(queries.one(ann, "x_machines"), name).wish
    return [(each["value"], bool(each.get("is_retired"))) for each in wish.choices]


def _set(ann: Actor, *choices: Mapping[str, object], name: str = "state") -> None:
    actions.change_field(ann, "x_machines", name, {"choices": choices})


def test_order_colour_and_words_keep_the_values(ann: Actor) -> None:
    press = _press(ann, state="idle")
    renamed = {"value": "idle", "labels": {"en": "Standing"}, "state": "warn"}
    _set(ann, CHOICES[2], renamed, CHOICES[0])
    field = registry.get("x_machines").by_name["state"]
    assert [each.value for each in field.choices] == ["broken", "idle", "running"]
    assert (field.choices[1].label, field.choices[1].state) == ("Standing", "warn")
    assert reading.fetch(ann, "x_machines", press).values["state"] == "idle"
    assert writing.update(ann, "x_machines", _press(ann), {"state": "Standing"}).values["state"] == "idle"


@pytest.mark.parametrize(("name", "value"), [("state", "idle"), ("tags", ["idle", "broken"])])
def test_choice_left_out_stays_where_records_have_it(ann: Actor, name: str, value: object) -> None:
    press = _press(ann, **{name: value})
    _set(ann, CHOICES[2], name=name)
    assert _told(ann, name) == [("broken", False), ("idle", True)]
    assert reading.fetch(ann, "x_machines", press).values[name] == value
    writing.update(ann, "x_machines", press, {name: value, "name": "Press 7"})


def test_retired_choice_is_given_to_nobody_else(ann: Actor) -> None:
    press = _press(ann, state="idle")
    actions.retire_choice(ann, "x_machines", "state", "idle")
    with pytest.raises(Invalid) as refused:
        _press(ann, state="idle")
    problem = refused.value.problems[0]
    assert (problem.path, problem.code, problem.data["choices"]) == ("state", "retired", "running, broken")
    described = registry.get("x_machines")
    written = schemas.written(described, new=True)["properties"]["state"]["enum"]
    assert written == ["running", "broken", None]
    assert "idle" in schemas.read(described, described.by_name["state"])["enum"]
    writing.update(ann, "x_machines", press, {"state": "running"})
    edit = undo.last_edit(press)
    assert edit is not None
    assert undo.undo(ann, edit).values["state"] == "idle"


@pytest.mark.parametrize(
    ("choices", "code"),
    [
        ([{**CHOICES[0], "is_retired": True}], "required"),
        ([{**CHOICES[0], "state": "pink"}], "unknown"),
        ([{**CHOICES[0], "labels": {"en": "<b>"}}], "bad_characters"),
        ([CHOICES[0], CHOICES[0]], "bad_value"),
    ],
)
def test_wrong_choices_are_refused(ann: Actor, choices: list[Mapping[str, object]], code: str) -> None:
    _press(ann, state="idle")
    with pytest.raises(Invalid) as refused:
        _set(ann, *choices)
    assert code in [each.code for each in refused.value.problems]
    assert [value for value, _ in _told(ann)] == list(STATES)


def test_retired_choice_is_no_default(ann: Actor) -> None:
    _set(ann, {**CHOICES[0], "is_retired": True}, *CHOICES[1:])
    with pytest.raises(Invalid):
        actions.change_field(ann, "x_machines", "state", {"default_value": "running"})


def test_choice_is_replaced_by_another_as_a_job(ann: Actor) -> None:
    presses = [_press(ann, state="idle", tags=["idle", "running"]) for _ in range(3)]
    for name in ("state", "tags"):
        job = replacing.ask(ann, "x_machines", name, "idle", "broken")
        assert not running.advance(ann, job, Budget())
        session.refresh(job)
        assert (job.rows_done, job.updated_count, job.failed_count) == (3, 3, 0)
        assert ("idle", True) in _told(ann, name)
    values = reading.fetch(ann, "x_machines", presses[0]).values
    assert (values["state"], values["tags"]) == ("broken", ["running", "broken"])
    assert reading.page(ann, "x_machines", Query(fields=["state"])).rows[0].values["state"] == "broken"


@pytest.mark.parametrize(("old", "new"), [("idle", "idle"), ("idle", "melted")])
def test_choice_is_replaced_by_one_that_is_offered(ann: Actor, old: str, new: str) -> None:
    with pytest.raises(Invalid):
        replacing.ask(ann, "x_machines", "state", old, new)
    with pytest.raises(NotFound):
        replacing.ask(ann, "x_machines", "name", old, new)


def test_only_who_manages_replaces(ann: Actor, office: Workspace) -> None:
    with pytest.raises(NotAllowed):
        replacing.ask(office.actor(BOB), "x_machines", "state", "idle", "broken")
