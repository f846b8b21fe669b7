"""A view shows what the viewer may see, and says what of it is not there any more."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from app.core.actor import Actor
from app.core.errors import Conflict, NotFound
from app.core.grants import ANY, HIDE, VERBS
from app.domain.members import rights
from app.domain.modelling import actions as modelling
from app.domain.modelling.rules import FieldWish
from app.domain.views import actions, queries
from app.domain.views.actions import Wish
from app.domain.views.models import View
from app.domain.views.opening import Opened, opened
from app.records import filters, registry, scope
from tests.cast import Workspace
from tests.office import furnished

CHOICES = tuple({"value": each, "labels": {"en": each.title()}} for each in ("red", "blue"))


@pytest.fixture(scope="module")
def office(app: Flask, office: Workspace) -> Workspace:
    """Nordwind, whose companies have a badge and a colour."""
    with furnished(app, office) as ann:
        modelling.add_field(ann, "companies", FieldWish("text", {"en": "Badge"}))
        modelling.add_field(ann, "companies", FieldWish("choice", {"en": "Colour"}, choices=CHOICES))
    return office


Blind = Callable[..., Actor]


@pytest.fixture
def blind(bob: Actor) -> Blind:
    """Bob, who does not see some fields, or reads some objects not at all."""

    def made(fields: Mapping[str, Any], **objects: Mapping[str, str]) -> Actor:
        role = {
            "objects": {ANY: dict.fromkeys(VERBS, "all"), **objects},
            "fields": fields,
            "permissions": [],
        }
        held = rights.resolved("custom", [role])
        return replace(bob, permissions=held.permissions, grants=held.grants, role="custom")

    return made


def saved(actor: Actor, *trees: dict[str, Any], sort: str = "", name: str = "View") -> View:
    where = filters.parse_json(registry.get("companies"), {"and": list(trees)}, actor)
    return actions.create(actor, "companies", Wish(name, where, sort=sort, shared="everyone"))


def at(name: str, value: object, op: str = "eq") -> dict[str, Any]:
    return {"field": name, "op": op, "value": value}


def look(actor: Actor, view: View) -> Opened:
    return opened(actor, scope.seen(actor, registry.get("companies")), view)


def told(seen: Opened) -> list[tuple[str, dict[str, Any]]]:
    return [(each.code, each.data) for each in seen.problems]


def test_hidden_field_is_named_to_who_sees_all(ann: Actor) -> None:
    view = saved(ann, at("x_badge", "7"), at("city", "Bonn"))
    modelling.change_field(ann, "companies", "x_badge", {"is_hidden": True})
    seen = look(ann, view)
    assert told(seen) == [("gone", {"name": "x_badge"})]
    assert filters.to_json(seen.where) == at("city", "Bonn")
    modelling.change_field(ann, "companies", "x_badge", {"is_hidden": False})
    assert look(ann, view).is_whole


def test_field_out_of_sight_is_not_named(ann: Actor, blind: Blind) -> None:
    view = saved(ann, at("x_badge", "Secret"), {"or": [at("industry", "Secret"), at("city", "Bonn")]})
    bob = blind({"companies": {"x_badge": HIDE, "industry": HIDE}})
    seen = look(bob, view)
    assert (seen.where, seen.is_whole, told(seen)) == (None, False, [("gone", {})])
    for word in ("badge", "industry", "Secret"):
        assert word not in str(seen.problems)
    with pytest.raises(Conflict):
        actions.copy(bob, view.id)


def test_standard_field_that_is_hidden_is_gone(ann: Actor) -> None:
    view = saved(ann, at("industry", "Pumps"))
    modelling.change_field(ann, "companies", "industry", {"is_hidden": True})
    assert told(look(ann, view)) == [("gone", {"name": "industry"})]


def test_related_object_out_of_sight_is_not_named(ann: Actor, blind: Blind) -> None:
    view = saved(ann, {"any": "deals", "where": at("name", "Secret")})
    assert look(ann, view).is_whole
    bob = blind({}, deals=dict.fromkeys(VERBS, "none"))
    assert told(look(bob, view)) == [("gone", {})]


def test_view_of_an_object_out_of_sight_does_not_exist(ann: Actor, blind: Blind) -> None:
    view = saved(ann, at("city", "Bonn"))
    bob = blind({}, companies=dict.fromkeys(VERBS, "none"))
    with pytest.raises(NotFound):
        queries.get(bob, view.id)
    with pytest.raises(NotFound):
        queries.of_object(bob, "companies")


def test_field_of_another_kind_is_told(ann: Actor) -> None:
    view = saved(ann, at("x_badge", "7"), at("city", "Bonn"))
    view.uses = {**view.uses, "companies.x_badge": "number"}
    seen = look(ann, view)
    assert [(each.code, str(each.data["field"])) for each in seen.problems] == [("changed_kind", "Badge")]
    view.uses = {**view.uses, "companies.city": "date"}
    assert [each.code for each in look(ann, view).problems] == ["changed_kind", "changed_kind"]


def test_choice_that_is_gone_is_told(ann: Actor) -> None:
    view = saved(ann, at("x_colour", "red"))
    view.tree = {"and": [at("x_colour", "green")]}
    (problem,) = look(ann, view).problems
    assert (problem.path, problem.code, str(problem.data["field"])) == ("x_colour", "no_value", "Colour")


def test_lost_order_changes_no_row(ann: Actor, blind: Blind) -> None:
    view = saved(ann, at("city", "Bonn"), sort="-industry")
    seen = look(blind({"companies": {"industry": HIDE}}), view)
    assert (seen.is_whole, seen.sort, told(seen)) == (True, "", [("not_sortable", {})])
    assert look(ann, view).sort == "-industry"


def test_lost_column_is_told_and_changes_no_row(ann: Actor, blind: Blind) -> None:
    wish = Wish("View", columns=["x_badge", "industry", "city"], shared="everyone")
    view = actions.create(ann, "companies", wish)
    bob = blind({"companies": {"x_badge": HIDE}})
    seen = look(bob, view)
    assert (seen.is_whole, seen.columns.names) == (True, ("name", "industry", "city"))
    assert told(seen) == [("gone", {})]
    assert "badge" not in str(seen.problems)
    assert actions.copy(bob, view.id).columns == ["name", "industry", "city"]
    assert look(ann, view).problems == []


def test_views_that_use_a_field_are_found(ann: Actor, bob: Actor) -> None:
    saved(ann, at("x_badge", "7"), name="By badge")
    saved(ann, at("city", "Bonn"), sort="-industry", name="By trade")
    actions.create(ann, "companies", Wish("With phone", columns=["phone"]))
    wish = Wish("Bob's", filters.parse_json(registry.get("companies"), at("x_badge", "8"), bob))
    actions.create(bob, "companies", wish)
    found = queries.using(ann, "companies", "x_badge")
    assert ([each.name for each in found.seen], found.others) == (["By badge"], 1)
    assert [each.name for each in queries.using(ann, "companies", "industry").seen] == ["By trade"]
    assert [each.name for each in queries.using(ann, "companies", "phone").seen] == ["With phone"]
    assert queries.using(ann, "contacts", "phone").seen == []
