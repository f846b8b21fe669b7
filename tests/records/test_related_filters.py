"""Filters through relations: two steps far, either way, and never past what one may see."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

import pytest
from sqlalchemy import select, text
from werkzeug.datastructures import MultiDict

import app.domain.catalogue  # noqa: F401 - registers the objects
from app.core import clock
from app.core.actor import Actor
from app.core.errors import Invalid
from app.core.grants import Grants
from app.core.permissions import Rights
from app.domain.members import rights
from app.domain.modelling import actions as modelling
from app.domain.modelling.rules import FieldWish
from app.records import filters, reading, registry, scope, trash, writing
from app.records.filters import describe
from app.records.reading import Query
from tenants import engines
from tenants.bootstrap import FIRST_CELL
from tenants.driver import run_string
from tenants.session import session
from tests import schemas
from tests.cast import BOB, Workspace

MACHINES = ({"en": "Machine"}, {"en": "Machines"})
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture
def ann(ann: Actor) -> Actor:
    """Ann, with a group, its daughter in Kiel, people there and a machine; what she does is undone."""
    modelling.add_object(ann, *MACHINES)
    wish = FieldWish("relation", {"en": "Site", "de": "Standort"}, target="companies", name="site")
    modelling.add_field(ann, "x_machines", wish)
    with clock.frozen(NOON):
        _furnish(ann)
    return ann


def _furnish(ann: Actor) -> None:
    group = writing.create(ann, "companies", {"name": "Group", "city": "Bremen"})
    daughter = writing.create(
        ann,
        "companies",
        {"name": "Daughter", "city": "Kiel", "parent_id": str(group.id), "owner_id": str(ann.id)},
    )
    other = writing.create(ann, "companies", {"name": "Other", "city": "Köln"})
    for name, company in (("Kim", daughter), ("Ole", other)):
        writing.create(ann, "contacts", {"last_name": name, "company_id": str(company.id)})
    writing.create(ann, "contacts", {"last_name": "Free"})
    writing.create(ann, "x_machines", {"name": "Press", "site": str(daughter.id)})


def _found(actor: Actor, name: str, tree: object) -> list[str]:
    described = scope.seen(actor, registry.get(name))
    where = filters.parse_json(described, tree, actor)
    assert filters.parse_json(described, filters.to_json(where), actor) == where
    with clock.frozen(NOON):
        rows = reading.page(actor, name, Query(where=where)).rows
    return sorted(row.title for row in rows)


@pytest.mark.parametrize(
    ("tree", "found"),
    [
        ({"field": "company_id.city", "value": "Kiel"}, ["Kim"]),
        ({"field": "company.city", "op": "in", "value": ["kiel", "Köln"]}, ["Kim", "Ole"]),
        ({"field": "company_id.city", "op": "ne", "value": "Kiel"}, ["Ole"]),
        ({"not": {"field": "company_id.city", "value": "Kiel"}}, ["Free", "Ole"]),
        ({"field": "company_id.parent_id.city", "value": "Bremen"}, ["Kim"]),
        ({"field": "company.parent_id.name", "op": "starts", "value": "gro"}, ["Kim"]),
        ({"field": "company_id.owner_id", "value": "me"}, ["Kim"]),
        ({"field": "company_id.owner_id", "op": "empty"}, ["Ole"]),
        ({"field": "company_id.created_at", "value": "today"}, ["Kim", "Ole"]),
        (
            {"or": [{"field": "company.city", "value": "Köln"}, {"field": "company_id", "op": "empty"}]},
            ["Free", "Ole"],
        ),
    ],
)
def test_contacts_by_their_company(ann: Actor, tree: object, found: list[str]) -> None:
    assert _found(ann, "contacts", tree) == found


@pytest.mark.parametrize(
    ("tree", "found"),
    [
        ({"any": "contacts"}, ["Daughter", "Other"]),
        ({"none": "contacts"}, ["Group"]),
        ({"any": "contacts", "where": {"field": "last_name", "value": "kim"}}, ["Daughter"]),
        ({"none": "contacts", "where": {"field": "last_name", "value": "kim"}}, ["Group", "Other"]),
        ({"any": "contacts", "where": {"field": "company_id.city", "value": "Köln"}}, ["Other"]),
        ({"any": "x_machines_site"}, ["Daughter"]),
    ],
)
def test_companies_by_what_points_to_them(ann: Actor, tree: object, found: list[str]) -> None:
    assert _found(ann, "companies", tree) == found


def test_own_relations_lead_on(ann: Actor) -> None:
    assert _found(ann, "x_machines", {"field": "site.city", "value": "Kiel"}) == ["Press"]
    assert _found(ann, "x_machines", {"field": "site.parent_id.city", "value": "Bremen"}) == ["Press"]
    assert _found(ann, "x_machines", {"field": "site.parent_id.city", "value": "Kiel"}) == []


def test_addresses_say_it_too(ann: Actor) -> None:
    described = registry.get("contacts")
    asked = MultiDict([("filter[company.city]", "Kiel"), ("filter[company_id.name][contains]", "augh")])
    where = filters.parse_params(described, asked, ann)
    assert [row.title for row in reading.page(ann, "contacts", Query(where=where)).rows] == ["Kim"]
    listed = filters.parse_params(
        registry.get("companies"), MultiDict([("filter[contacts][none]", "1")]), ann
    )
    assert [row.title for row in reading.page(ann, "companies", Query(where=listed)).rows] == ["Group"]


@pytest.mark.parametrize(
    ("tree", "code"),
    [
        ({"field": "company.parent.parent.city", "value": "x"}, "too_deep"),
        (
            {"any": "deals", "where": {"field": "company_id.parent_id.city", "value": "x"}},
            "too_deep",
        ),
        ({"field": "company.cty", "value": "x"}, "unknown_field"),
        ({"field": "city.name", "value": "x"}, "unknown_field"),
        ({"field": "company..city", "value": "x"}, "unknown_field"),
        ({"field": "owner_id.email", "value": "x"}, "unknown_field"),
        ({"any": "secrets"}, "unknown_field"),
        ({"any": 7}, "bad_filter"),
        ({"field": "company.city", "op": "gt", "value": "x"}, "bad_operator"),
    ],
)
def test_what_cannot_be_asked_is_refused(ann: Actor, tree: object, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        filters.parse_json(registry.get("contacts"), tree, ann)
    assert refused.value.problems[0].code == code


def test_trash_is_not_seen_through_a_relation(ann: Actor) -> None:
    daughter = reading.page(ann, "companies", Query(search="daughter")).rows[0]
    trash.trash(ann, "companies", daughter.id)
    assert _found(ann, "contacts", {"field": "company_id.city", "value": "Kiel"}) == []


def _limited(office: Workspace, role: Mapping[str, Any]) -> Actor:
    held = rights.resolved("custom", [role])
    return replace(office.actor(BOB), permissions=held.permissions, grants=held.grants)


SEES = {"contacts": {"read": "all"}, "companies": {"read": "all"}}


def test_hidden_field_is_unknown_through_a_relation(ann: Actor, office: Workspace) -> None:
    role = {"objects": SEES, "fields": {"companies": {"city": "hide"}}, "permissions": []}
    bob = _limited(office, role)
    assert isinstance(bob.grants, Grants)
    for tree in (
        {"field": "company_id.city", "value": "Kiel"},
        {"field": "company_id.nonsense", "value": "x"},
    ):
        with pytest.raises(Invalid) as refused:
            _found(bob, "contacts", tree)
        problem = refused.value.problems[0]
        assert (problem.code, set(problem.data)) == ("unknown_field", {"name"})
    # A tree that somebody else wrote is refused like it when it is compiled.
    where = filters.parse_json(registry.get("contacts"), {"field": "company_id.city", "value": "Kiel"}, ann)
    with pytest.raises(Invalid):
        reading.page(bob, "contacts", Query(where=where))


def test_rows_of_others_do_not_match(ann: Actor, office: Workspace) -> None:
    role = {
        "objects": {"contacts": {"read": "all"}, "companies": {"read": "own"}},
        "fields": {},
        "permissions": [],
    }
    bob = _limited(office, role)
    assert _found(bob, "contacts", {"field": "company_id.city", "op": "ne", "value": "X"}) == []
    writing.create(ann, "companies", {"name": "Bobs", "city": "Kiel", "owner_id": str(bob.id)})
    mine = reading.page(bob, "companies").rows[0]
    writing.create(ann, "contacts", {"last_name": "Pia", "company_id": str(mine.id)})
    assert _found(bob, "contacts", {"field": "company_id.city", "value": "Kiel"}) == ["Pia"]


def test_object_that_is_not_read_is_unknown(ann: Actor, office: Workspace) -> None:
    bob = _limited(office, {"objects": {"contacts": {"read": "all"}}, "fields": {}, "permissions": []})
    program = replace(ann, permissions=Rights({"contacts:read"}))
    for actor in (bob, program):
        with pytest.raises(Invalid) as refused:
            _found(actor, "contacts", {"field": "company_id.city", "value": "Kiel"})
        assert refused.value.problems[0].code == "unknown_field"


def test_chips_name_the_way(ann: Actor) -> None:
    described = registry.get("contacts")
    where = filters.parse_json(described, {"field": "company.parent.city", "value": "Bremen"}, ann)
    (chip,) = describe(described, where, ann)
    assert (chip.through, chip.values) == (("Company", "Parent company"), ("Bremen",))
    companies = registry.get("companies")
    tree = {"none": "contacts", "where": {"field": "last_name", "value": "Kim"}}
    (chip,) = describe(companies, filters.parse_json(companies, tree, ann), ann)
    assert (chip.through, chip.word, chip.inner[0].values) == (("People",), "has none with", ("Kim",))


@pytest.mark.parametrize(
    ("tree", "names"),
    [
        ({"field": "city", "value": "a,b"}, ["filter[city]"]),
        ({"field": "city", "op": "in", "value": ["a,b"]}, ["where"]),
        ({"field": "city", "op": "in", "value": ["a", "b"]}, ["filter[city][in]", "filter[city][in]"]),
        ({"field": "created_at", "op": "between", "value": ["2026-01-01", "today"]}, ["where"]),
        ({"field": "company_id.parent_id.city", "op": "empty"}, ["filter[company_id.parent_id.city][empty]"]),
        ({"none": "deals"}, ["filter[deals][none]"]),
        ({"any": "deals", "where": {"field": "name", "op": "contains", "value": "x"}}, ["where"]),
        (
            {"and": [{"field": "city", "value": "a"}, {"field": "city", "value": "b"}, {"none": "deals"}]},
            ["filter[city]", "where", "filter[deals][none]"],
        ),
        ({"or": [{"field": "city", "value": "a"}, {"not": {"field": "city", "value": "b"}}]}, ["where"]),
    ],
)
def test_address_says_the_same_tree(ann: Actor, tree: object, names: list[str]) -> None:
    described = registry.get("contacts")
    where = filters.parse_json(described, tree, ann)
    params = filters.to_params(where)
    assert [name for name, _ in params] == names
    read = MultiDict(parse_qsl(filters.query(params), keep_blank_values=True))
    assert filters.parse_params(described, read, ann) == where


# A handful of rows may be read in either way, as their statistics happen to be; many have one good way.
# In a schema of its own, which is undone.
CROWD = """
CREATE SCHEMA crowd;
CREATE TABLE crowd.companies (LIKE companies INCLUDING ALL);
CREATE TABLE crowd.contacts (LIKE contacts INCLUDING ALL);
SET LOCAL search_path = crowd, ext;
INSERT INTO companies (name, city) SELECT 'Nr ' || n, 'Town ' || n FROM generate_series(1, 1000) n;
INSERT INTO contacts (last_name, company_id) SELECT name, id FROM companies;
ANALYZE companies, contacts
"""


def test_index_serves_a_relation(ann: Actor) -> None:
    described = registry.get("contacts")
    where = filters.parse_json(described, {"field": "company_id.city", "value": "Kiel"}, ann)
    asked = select(described.table.c.id).where(
        filters.compile(described, where, ann), described.table.c.deleted_at.is_(None)
    )
    written = str(asked.compile(session.connection().engine, compile_kwargs={"literal_binds": True}))
    schema = session.scalar(text("SELECT current_schema()"))
    owner = schemas.link(engines.engines().cell_url(FIRST_CELL))
    with owner.transaction(force_rollback=True):
        run_string(owner, f"SET LOCAL search_path = {schema}, ext; {CROWD}")
        plan = [line for (line,) in owner.execute(f"EXPLAIN {written}".encode()).fetchall()]
    assert any("Index Cond" in line and "kiel" in line for line in plan), "\n".join(plan)
