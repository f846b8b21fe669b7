"""Roll-ups take choices, members, countries and relations too, each read as the field that it is taken of."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import orjson
import pytest
from flask import Flask
from sqlalchemy import text

import app.domain.catalogue  # noqa: F401 - registers the objects
from app.core.actor import Actor
from app.core.errors import Invalid, NotFound
from app.core.grants import ANY, VERBS
from app.domain.bulk import replacing
from app.domain.jobs.slices import Budget
from app.domain.members import rights
from app.domain.modelling import actions
from app.domain.modelling.rules import FieldWish
from app.domain.purging import actions as purging
from app.domain.recounts import working
from app.records import documents, facts, filters, keyset, reading, registry, trash, writing
from app.records.computed import settling
from app.records.joining import merge
from app.records.reading import Query
from tenants.session import session
from tests.cast import BOB, Workspace
from tests.office import furnished

STATES = (
    {"value": "idle", "labels": {"en": "Idle", "de": "Ruht"}, "state": "good"},
    {"value": "worn", "labels": {"en": "Worn", "de": "Verschlissen"}, "state": "warn"},
    {"value": "broken", "labels": {"en": "Broken", "de": "Defekt"}, "state": "bad"},
)
COLOURS = tuple({"value": each, "labels": {"en": each.title()}} for each in ("red", "blue"))
TAKEN = {
    "last_state": ("latest", "state"),
    "first_state": ("min", "state"),
    "worst_state": ("max", "state"),
    "colours": ("latest", "colours"),
    "keeper": ("latest", "keeper"),
    "made_in": ("latest", "made_in"),
    "contact": ("latest", "contact_id"),
}


def _rollup(name: str, aggregate: str, of: str, **more: Any) -> FieldWish:
    made = {"object": "x_machines", "field": "company_id", "aggregate": aggregate, "of": of, "by": "built"}
    return FieldWish("rollup", {"en": name.title()}, name=name, rollup=made, **more)


@pytest.fixture(scope="module")
def office(app: Flask, office: Workspace) -> Workspace:
    """Nordwind, which lends machines and tells of each company what state they are in."""
    with furnished(app, office) as ann:
        actions.add_object(ann, {"en": "Machine"}, {"en": "Machines"})
        for wish in (
            FieldWish("date", {"en": "Built"}, name="built"),
            FieldWish("choice", {"en": "State"}, name="state", choices=STATES),
            FieldWish("choices", {"en": "Colours"}, name="colours", choices=COLOURS),
            FieldWish("member", {"en": "Keeper"}, name="keeper"),
            FieldWish("country", {"en": "Made in"}, name="made_in"),
            FieldWish("relation", {"en": "Contact"}, name="contact_id", target="contacts"),
            FieldWish("relation", {"en": "Company"}, name="company_id", target="companies"),
        ):
            actions.add_field(ann, "x_machines", wish)
        for name, (aggregate, of) in TAKEN.items():
            actions.add_field(ann, "companies", _rollup(name, aggregate, of, in_table=True))
    return office


@pytest.fixture
def bobs(office: Workspace) -> Actor:
    """Bob, who sees all companies and machines and only his own contacts."""
    whole = dict.fromkeys(VERBS, "all")
    role = {
        "objects": {ANY: whole, "contacts": dict.fromkeys(VERBS, "own")}, "fields": {}, "permissions": [],
    }  # fmt: skip
    held = rights.resolved("custom", [role])
    return replace(office.actor(BOB), permissions=held.permissions, grants=held.grants, role="custom")


@pytest.fixture
def company(ann: Actor) -> UUID:
    return writing.create(ann, "companies", {"name": "Aare"}).id


@pytest.fixture
def contact(ann: Actor) -> UUID:
    return writing.create(ann, "contacts", {"last_name": "Otto", "owner_id": ann.member_id}).id


def _machine(ann: Actor, company: UUID, built: str, **values: Any) -> UUID:
    given = {"name": "Press", "company_id": company, "built": built, **values}
    return writing.create(ann, "x_machines", given).id


def _of(ann: Actor, company: UUID, *names: str) -> list[Any]:
    for _ in range(3):  # what changes by it marks on
        assert settling.settle() is False
    values = reading.fetch(ann, "companies", company).values
    return [values[f"x_{name}"] for name in names]


def test_each_is_that_of_the_latest(ann: Actor, company: UUID, contact: UUID) -> None:
    _machine(ann, company, "2020-01-01", state="broken", colours=["red"], keeper=ann.member_id, made_in="FR")
    new = {"state": "worn", "colours": ["red", "blue"], "made_in": "DE", "contact_id": contact}
    _machine(ann, company, "2024-01-01", **new)
    told = _of(ann, company, "last_state", "colours", "made_in", "contact", "keeper")
    assert told == ["worn", ["red", "blue"], "DE", contact, ann.member_id]


def test_company_without_any_has_none(ann: Actor, company: UUID) -> None:
    assert _of(ann, company, *TAKEN) == [None] * len(TAKEN)


def test_trashed_latest_counts_no_more(ann: Actor, company: UUID) -> None:
    _machine(ann, company, "2020-01-01", state="idle")
    latest = _machine(ann, company, "2024-01-01", state="broken")
    assert _of(ann, company, "last_state", "worst_state") == ["broken", "broken"]
    trash.trash(ann, "x_machines", latest)
    assert _of(ann, company, "last_state", "worst_state") == ["idle", "idle"]


def test_choices_stand_in_the_order_of_their_list(ann: Actor, company: UUID) -> None:
    for state in ("worn", "broken", "idle"):
        _machine(ann, company, "2020-01-01", state=state)
    assert _of(ann, company, "first_state", "worst_state") == ["idle", "broken"]


def test_retired_choice_is_told_where_there_is_no_other(ann: Actor, company: UUID) -> None:
    _machine(ann, company, "2020-01-01", state="broken")
    actions.retire_choice(ann, "x_machines", "state", "broken")
    assert _of(ann, company, "first_state", "worst_state") == ["broken", "broken"]
    _machine(ann, company, "2020-01-01", state="worn")
    assert _of(ann, company, "first_state", "worst_state") == ["worn", "worn"]


def test_other_order_of_choices_is_worked_out_anew(ann: Actor, company: UUID) -> None:
    for state in ("idle", "broken"):
        _machine(ann, company, "2020-01-01", state=state)
    assert _of(ann, company, "worst_state") == ["broken"]
    actions.change_field(ann, "x_machines", "state", {"choices": tuple(reversed(STATES))})
    staged = text("SELECT payload ->> 'object' FROM kith.outbox WHERE name = 'modelling.work_out'")
    assert "companies" in session.scalars(staged).all()
    settling.work_out("companies", [company])
    assert _of(ann, company, "first_state", "worst_state") == ["broken", "idle"]


def test_other_words_are_there_at_once(ann: Actor) -> None:
    field = registry.get("companies").by_name["x_worst_state"]
    assert [(each.value, each.state) for each in field.choices] == [
        ("idle", "good"), ("worn", "warn"), ("broken", "bad"),
    ]  # fmt: skip
    renamed = ({**STATES[0], "labels": {"en": "Resting"}}, *STATES[1:])
    actions.change_field(ann, "x_machines", "state", {"choices": renamed})
    assert str(registry.get("companies").by_name["x_worst_state"].choices[0].label) == "Resting"


def test_rollup_of_a_rollup_has_its_choices(ann: Actor, company: UUID) -> None:
    above = {"aggregate": "max", "object": "companies", "field": "parent_id", "of": "x_worst_state"}
    actions.add_field(ann, "companies", FieldWish("rollup", {"en": "Group"}, name="group", rollup=above))
    assert len(registry.get("companies").by_name["x_group"].choices) == len(STATES)
    holding = writing.create(ann, "companies", {"name": "Holding"}).id
    writing.update(ann, "companies", company, {"parent_id": holding})
    _machine(ann, company, "2020-01-01", state="worn")
    assert _of(ann, holding, "group") == ["worn"]


def test_standard_choice_is_drawn_as_there(ann: Actor) -> None:
    made = {"aggregate": "latest", "object": "contacts", "field": "company_id", "of": "lifecycle"}
    actions.add_field(ann, "companies", FieldWish("rollup", {"en": "Stage"}, name="stage", rollup=made))
    shown = registry.get("companies").by_name["x_stage"]
    assert "customer" in shown.choice_values
    assert {each.state for each in shown.choices} == {None}


def test_relation_to_what_one_does_not_see_is_empty(
    ann: Actor, bobs: Actor, company: UUID, contact: UUID
) -> None:
    _machine(ann, company, "2024-01-01", contact_id=contact, state="worn")
    assert _of(ann, company, "contact", "last_state") == [contact, "worn"]
    assert _of(bobs, company, "contact", "last_state") == [None, "worn"]
    wanted = ["name", "x_contact"]
    (row,) = reading.page(bobs, "companies", Query(fields=wanted)).rows
    assert (row["x_contact"], row.labels.get("x_contact")) == (None, None)
    told = orjson.loads(documents.one(bobs, "companies", company, fields=wanted).json)
    assert told["x_contact"] is None
    (whole,) = reading.page(ann, "companies", Query(fields=wanted)).rows
    assert whole.labels["x_contact"] == "Otto"


def test_filter_finds_what_one_sees(ann: Actor, bobs: Actor, company: UUID, contact: UUID) -> None:
    _machine(ann, company, "2024-01-01", contact_id=contact, state="worn", colours=["blue"], made_in="DE")
    _of(ann, company, "contact")

    def found(actor: Actor, field: str, op: str, value: Any) -> list[UUID]:
        described = registry.get("companies")
        where = filters.parse_json(described, {"field": field, "op": op, "value": value}, actor)
        return [each.id for each in reading.page(actor, "companies", Query(where=where)).rows]

    assert found(ann, "x_contact", "eq", str(contact)) == [company]
    assert found(bobs, "x_contact", "eq", str(contact)) == []
    assert found(ann, "x_contact.last_name", "eq", "Otto") == [company]
    assert found(bobs, "x_contact.last_name", "eq", "Otto") == []
    assert found(bobs, "x_worst_state", "in", ["worn"]) == [company]
    assert found(bobs, "x_colours", "in", ["blue"]) == [company]
    assert found(bobs, "x_made_in", "eq", "DE") == [company]


def test_contact_deleted_for_good_leaves_the_one_before(ann: Actor, company: UUID, contact: UUID) -> None:
    other = writing.create(ann, "contacts", {"last_name": "Reuss"}).id
    _machine(ann, company, "2020-01-01", contact_id=other)
    _machine(ann, company, "2024-01-01", contact_id=contact)
    assert _of(ann, company, "contact") == [contact]
    trash.trash(ann, "contacts", contact)
    purging.purge(ann, "contacts", [contact])
    assert _of(ann, company, "contact") == [other]


def test_merged_contact_is_the_one_kept(ann: Actor, company: UUID, contact: UUID) -> None:
    keep = writing.create(ann, "contacts", {"last_name": "Otto"}).id
    _machine(ann, company, "2024-01-01", contact_id=contact)
    assert _of(ann, company, "contact") == [contact]
    merge.merge(ann, "contacts", keep, contact)
    assert _of(ann, company, "contact") == [keep]


def test_rollup_is_no_relation_that_people_made(ann: Actor, company: UUID, contact: UUID) -> None:
    _machine(ann, company, "2024-01-01", contact_id=contact)
    _of(ann, company, "contact")
    writing.update(ann, "companies", company, {"city": "Bern"})
    assert "companies" not in {each.object for each in facts.timeline(ann, [contact]).entries}
    assert "companies_x_contact" not in {each.name for each in registry.get("contacts").related}


@pytest.mark.parametrize(
    ("wish", "path"),
    [
        (_rollup("more", "sum", "state"), "rollup.of"),
        (_rollup("more", "sum", "keeper"), "rollup.of"),
        (_rollup("more", "max", "keeper"), "rollup.of"),
        (_rollup("more", "min", "made_in"), "rollup.of"),
        (_rollup("more", "max", "colours"), "rollup.of"),
        (_rollup("more", "latest", "company_id"), "rollup.of"),
        (_rollup("more", "latest", "contact_id", is_sortable=True), "is_sortable"),
        (_rollup("more", "latest", "keeper", is_sortable=True), "is_sortable"),
    ],
)
def test_what_makes_no_sense_is_refused(ann: Actor, wish: FieldWish, path: str) -> None:
    with pytest.raises(Invalid) as refused:
        actions.add_field(ann, "companies", wish)
    assert [each.path for each in refused.value.problems] == [path]


def test_lists_are_not_sorted_by_members(ann: Actor) -> None:
    with pytest.raises(Invalid) as refused:
        keyset.sort_of(registry.get("companies"), "x_keeper")
    assert refused.value.problems[0].code == "not_sortable"
    assert keyset.sort_of(registry.get("companies"), "x_made_in").name == "x_made_in"


def test_field_goes_on_pointing_to_what_it_did(ann: Actor) -> None:
    other = FieldWish("relation", {"en": "Dealer"}, name="dealer_id", target="companies")
    actions.add_field(ann, "x_machines", other)
    made = {**(_rollup("contact", "latest", "dealer_id").rollup or {})}
    with pytest.raises(Invalid) as refused:
        actions.change_field(ann, "companies", "x_contact", {"rollup": made})
    assert [each.code for each in refused.value.problems] == ["other_result"]


def test_nobody_replaces_a_choice_that_is_worked_out(ann: Actor) -> None:
    with pytest.raises(NotFound):
        replacing.ask(ann, "companies", "x_worst_state", "worn", "idle")


def test_records_there_were_before_are_worked_out(ann: Actor, company: UUID) -> None:
    _machine(ann, company, "2024-01-01", state="worn", made_in="CH")
    actions.add_field(ann, "companies", _rollup("origin", "latest", "made_in"))
    job = working.begin("companies")
    assert job is not None
    while working.advance(ann, job, Budget(0)):
        session.refresh(job)
    assert reading.fetch(ann, "companies", company).values["x_origin"] == "CH"
