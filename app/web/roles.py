"""The roles of a company's own: a matrix of objects and verbs, fields, and what else they let do."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import make_response, render_template, request
from werkzeug.wrappers import Response

from app.core.errors import Conflict, Invalid
from app.core.grants import ANY, VERBS
from app.core.permissions import ABILITIES, SCOPES, require
from app.domain.members import roles
from app.domain.members.models import RoleRow
from app.domain.members.roles import PERMISSION, Told
from app.records import registry
from app.ui import granting
from app.ui.errors import by_field, say
from app.ui.http import see_other, toast
from app.ui.say import gettext as _
from app.web.doors import actor, workspace

PAGE = "/settings/roles"


@workspace.get(PAGE)
def list_roles() -> str:
    """The standard roles and the company's own, with who has them."""
    require(actor(), PERMISSION)
    own = roles.every()
    return render_template(
        "web/roles/list.html",
        crumbs=[*_crumbs(), (_("Roles"), None)],
        standard=granting.standard(),
        roles=[(each, roles.members_of(each.id)) for each in own],
    )


@workspace.get("/settings/roles/new")
def new_role() -> str:
    """An empty form."""
    require(actor(), PERMISSION)
    return _form(None, Told("", objects={ANY: {"read": "own"}}))


@workspace.post(PAGE)
def create_role() -> Response:
    """A new role."""
    told = _given()
    try:
        role = roles.create(actor(), told)
    except Invalid as refused:
        return make_response(_form(None, told, refused), 422)
    toast(_("The role %(name)s is there. Give it to members now.", name=role.name))
    return see_other(PAGE)


@workspace.get("/settings/roles/<uuid:role_id>")
def edit_role(role_id: UUID) -> str:
    """What the role gives."""
    require(actor(), PERMISSION)
    role = roles.get(role_id)
    return _form(role, Told(role.name, role.description, role.objects, role.fields, role.permissions))


@workspace.post("/settings/roles/<uuid:role_id>")
def change_role_rights(role_id: UUID) -> Response:
    """Other rights; they hold from the next request on."""
    told = _given()
    try:
        role = roles.change(actor(), role_id, told)
    except Invalid as refused:
        return make_response(_form(roles.get(role_id), told, refused), 422)
    _say_done(role.id, _("The role %(name)s is changed.", name=role.name))
    return see_other(PAGE)


@workspace.post("/settings/roles/<uuid:role_id>/removal")
def remove_role(role_id: UUID) -> Response:
    """Take a role away that nobody has."""
    try:
        role = roles.remove(actor(), role_id)
    except Conflict as refused:
        toast(_(str(refused)), broken=True)
        return see_other(f"{PAGE}/{role_id}")
    _say_done(role_id, _("The role %(name)s is removed.", name=role.name))
    return see_other(PAGE)


@workspace.post("/settings/roles/changes/<uuid:fact_id>/reversal")
def reverse_role_change(fact_id: UUID) -> Response:
    """Take a change of a role back."""
    try:
        roles.undo(actor(), fact_id)
    except Conflict as refused:
        toast(_(str(refused)), broken=True)
    except Invalid as refused:
        toast(say(refused.problems[0]), broken=True)
    else:
        toast(_("The change is taken back"))
    return see_other(PAGE)


def _say_done(role_id: UUID, message: str) -> None:
    fact_id = roles.last_change(role_id)
    toast(message, f"{PAGE}/changes/{fact_id}/reversal" if fact_id else None)


def _given() -> Told:
    form = request.form
    return Told(
        form.get("name", ""),
        form.get("description", ""),
        _nested("objects"),
        _nested("fields"),
        form.getlist("permissions"),
    )


def _nested(group: str) -> Mapping[str, Mapping[str, str]]:
    """What stands in `objects/companies/read`, by object and verb; empty values say nothing."""
    found: dict[str, dict[str, str]] = {}
    for key, value in request.form.items():
        first, _slash, rest = key.partition("/")
        name, _slash, what = rest.partition("/")
        if first == group and what and value:
            found.setdefault(name, {})[what] = value
    return found


def _crumbs() -> list[tuple[str, str | None]]:
    return [(_("Settings"), "/settings"), (_("Members"), "/members")]


def _form(role: RoleRow | None, told: Told, refused: Invalid | None = None) -> str:
    values: dict[str, Any] = {"objects": told.objects, "fields": told.fields}
    return render_template(
        "web/roles/form.html",
        crumbs=[*_crumbs(), (_("Roles"), PAGE), (role.name if role else _("New role"), None)],
        role=role,
        told=told,
        verbs=granting.verbs(),
        rows=granting.rows(registry.every(), values["objects"]),
        fields=granting.fields(registry.every(), values["fields"]),
        abilities=[(name, _(SCOPES.get(name) or granting.ABILITY_WORDS[name])) for name in ABILITIES],
        errors=by_field(refused),
        problems=[say(each) for each in refused.problems] if refused else [],
        members=roles.members_of(role.id) if role else [],
        any=ANY,
        verb_names=VERBS,
    )
