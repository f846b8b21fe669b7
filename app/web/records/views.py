"""Saved views of a list: the menu, saving, changing, duplicating, deleting, and taking that back."""

from typing import Any
from urllib.parse import urlencode, urlsplit
from uuid import UUID

from flask import make_response, render_template, request
from werkzeug.wrappers import Response

from app.core.errors import Conflict, Invalid, NotAllowed
from app.core.ids import parse_id
from app.domain.views import actions, queries, rules
from app.domain.views.actions import Wish
from app.domain.views.models import View
from app.records import filters
from app.records.columns import offered
from app.records.types import ObjectType
from app.ui.errors import say
from app.ui.http import own_path, see_other, toast
from app.ui.records import filters as words
from app.ui.records import views as saved
from app.ui.say import gettext as _
from app.ui.standing.words import formats
from app.web.doors import actor, workspace
from app.web.records import switching
from app.web.records.asked import VIEW, Asked, address, asked, of_query

# What a form says of with whom a view is shared: nobody, everyone, or team: and its id.
TEAM = "team:"
LIST = "list"


@workspace.get("/<object:described>/views")
def list_views(described: ObjectType) -> str:
    """The menu of the views, for the list whose query this address carries."""
    who = actor()
    listed = queries.of_object(who, described.name)
    wish = asked(described, request.args, who)
    return render_template(
        "web/views/menu.html",
        described=described,
        switch=switching.shown(described, wish, request.args, who),
        groups=saved.groups(listed, who.id),
        told=lambda each: saved.told(each.view, each.maker, is_mine=queries.is_maker(who, each.view)),
        may_change=wish.opened is not None and queries.may_change(who, wish.opened.view),
        may_lead=wish.opened is not None and queries.may_lead(who, wish.opened.view),
    )


@workspace.get("/<object:described>/views/new")
def new_view(described: ObjectType) -> str:
    """The form that saves the list whose query this address carries."""
    queries.readable(actor(), described.name)
    query = urlencode(list(request.args.items(multi=True)))
    return _form(described, None, {"name": "", "shared": "nobody"}, query)


@workspace.post("/<object:described>/views")
def create_view(described: ObjectType) -> Response:
    """The list that the form carries, as a new view; then that."""
    form = request.form
    try:
        wish = _whole(described, form.get(LIST, ""))
        told: dict[str, Any] = {**_content(wish), **_people(), "name": form.get("name", "")}
        view = actions.create(actor(), described.name, Wish(**told))
    except Invalid as refused:
        return make_response(_form(described, None, form, form.get(LIST, ""), refused), 422)
    _say_done(view, _("The view %(name)s is saved", name=view.name))
    return see_other(_address(described, view))


@workspace.get("/<object:described>/views/<uuid:view_id>")
def edit_view(described: ObjectType, view_id: UUID) -> str:
    """Its name, who sees it, and whether others change it."""
    view = queries.get(actor(), view_id, described.name)
    if not queries.may_change(actor(), view):
        raise NotAllowed(described.permission("write"))
    shared = f"{TEAM}{view.team_id}" if view.shared == "team" and view.team_id else view.shared
    return _form(described, view, {"name": view.name, "shared": shared, "is_locked": view.is_locked})


@workspace.post("/<object:described>/views/<uuid:view_id>")
def change_view(described: ObjectType, view_id: UUID) -> Response:
    """Another name, other people."""
    form, who = request.form, actor()
    view = queries.get(who, view_id, described.name)
    told = {"name": form.get("name", ""), **(_people() if queries.may_lead(who, view) else {})}
    try:
        view = actions.change(who, view_id, told)
    except Invalid as refused:
        return make_response(_form(described, view, form, "", refused), 422)
    _say_done(view, _("The view %(name)s is changed", name=view.name))
    return see_other(_address(described, view))


@workspace.post("/<object:described>/views/<uuid:view_id>/content")
def store_view(described: ObjectType, view_id: UUID) -> Response:
    """What the list shows now is what the view shows from now on."""
    form, who = request.form, actor()
    view = queries.get(who, view_id, described.name)
    version = form.get("version", "")
    try:
        wish = _whole(described, form.get(LIST, ""))
        base = int(version) if version.isdecimal() and len(version) < 10 else None
        view = actions.change(who, view_id, _changed(wish), base)
    except Invalid as refused:
        return _left(described, view_id, " ".join(say(each) for each in refused.problems))
    except Conflict as refused:
        return _left(described, view_id, _(str(refused)))
    _say_done(view, _("The view %(name)s is saved", name=view.name))
    return see_other(_address(described, view))


@workspace.post("/<object:described>/views/<uuid:view_id>/copies")
def copy_view(described: ObjectType, view_id: UUID) -> Response:
    """One's own copy of a view."""
    queries.get(actor(), view_id, described.name)
    try:
        view = actions.copy(actor(), view_id)
    except Conflict as refused:
        return _left(described, view_id, _(str(refused)))
    _say_done(view, _("%(name)s is your own copy", name=view.name))
    return see_other(_address(described, view))


@workspace.post("/<object:described>/views/<uuid:view_id>/removal")
def remove_view(described: ObjectType, view_id: UUID) -> Response:
    """Delete a view; no record goes with it."""
    queries.get(actor(), view_id, described.name)
    view = actions.remove(actor(), view_id)
    _say_done(view, _("The view %(name)s is deleted", name=view.name))
    return see_other(f"/{described.name}")


@workspace.post("/views/changes/<uuid:fact_id>/reversal")
def reverse_view_change(fact_id: UUID) -> Response:
    """Take a change of a view back."""
    try:
        view = actions.undo(actor(), fact_id)
    except (Conflict, Invalid) as refused:
        found = refused.problems[0] if isinstance(refused, Invalid) else None
        toast(say(found) if found else _(str(refused)), broken=True)
        return see_other(own_path(urlsplit(request.referrer or "").path))
    toast(_("The change is taken back"))
    is_there = queries.exists(actor(), view.id)
    return see_other(f"/{view.object}" + (f"?{VIEW}={view.id}" if is_there else ""))


def _left(described: ObjectType, view_id: UUID, why: str) -> Response:
    """The view as it is, and why nothing was done."""
    toast(why, broken=True)
    return see_other(address(described, [(VIEW, str(view_id))]))


def _say_done(view: View, message: str) -> None:
    fact_id = queries.last_change(view.id)
    toast(message, f"/views/changes/{fact_id}/reversal" if fact_id else None)


def _whole(described: ObjectType, query: str) -> Asked:
    """What a form carries; raises Invalid for a view that lost conditions, as what is left is not it."""
    wish = of_query(described, query, actor())
    if wish.is_lost and wish.opened is not None:
        raise Invalid(wish.opened.lost)
    return wish


def _content(wish: Asked) -> dict[str, Any]:
    names = wish.columns.names
    return {"where": wish.where, "search": wish.search, "sort": wish.sort, "columns": names}


def _changed(wish: Asked) -> dict[str, Any]:
    """The same without columns that are as they were: of a view one may not see them all."""
    told = _content(wish)
    return {name: told[name] for name in told if name != "columns" or wish.has_other_columns}


def _people() -> dict[str, Any]:
    """With whom the form shares the view, and whether it is locked."""
    shared = request.form.get("shared", "nobody")
    team_id = parse_id(shared.removeprefix(TEAM)) if shared.startswith(TEAM) else None
    return {
        "shared": "team" if shared.startswith(TEAM) else shared,
        "team_id": team_id,
        "is_locked": "is_locked" in request.form,
    }


def _address(described: ObjectType, view: View) -> str:
    return address(described, [(VIEW, str(view.id))])


def _form(
    described: ObjectType, view: View | None, given: Any, query: str = "", refused: Invalid | None = None
) -> str:
    frame = request.headers.get("Turbo-Frame") == "dialog" and refused is None
    problems = refused.problems if refused else ()
    named = {"team_id": "shared"}
    at = {named.get(each.path, each.path): say(each) for each in problems}
    return render_template(
        "web/views/dialog.html" if frame else "web/views/page.html",
        crumbs=[(_(described.plural), f"/{described.name}"), (view.name if view else _("New view"), None)],
        described=described,
        view=view,
        given=given,
        errors={name: at[name] for name in ("name", "shared") if name in at},
        problems=[(name, text) for name, text in at.items() if name not in ("name", "shared")],
        shares=_shares(described, view),
        list=query,
        chips=_chips(described, query) if view is None and refused is None else [],
        columns=_columns(described, query) if view is None and refused is None else "",
        longest=rules.LONGEST_NAME,
    )


def _shares(described: ObjectType, view: View | None) -> list[tuple[str, str]]:
    """With whom one may share it; nothing where that is not for this one to say."""
    who = actor()
    if view is not None and not queries.may_lead(who, view):
        return []
    if not queries.keeps(who, described.name, "everyone"):
        return []
    teams = [(f"{TEAM}{each.id}", _("Team %(name)s", name=each.name)) for each in queries.teams_of(who)]
    return [("nobody", _("Only me")), *teams, ("everyone", _("Everyone"))]


def _columns(described: ObjectType, query: str) -> str:
    """Which columns the new view has, in words; nothing where they are the usual ones."""
    names, who = of_query(described, query, actor()).columns.names, actor()
    known = {described.title: described.by_name[described.title], **offered(who, described)}
    return ", ".join(_(known[name].label) for name in names)


def _chips(described: ObjectType, query: str) -> list[words.Told]:
    """What the new view filters by, in words."""
    wish = of_query(described, query, actor())
    chips = filters.describe(described, wish.where, actor())
    return words.told(chips, wish.where, "", (), formats())
