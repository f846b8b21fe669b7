"""Saved views of lists: reading, saving, changing and deleting them."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Response, request

from app.api import asking
from app.api.answers import body, nothing, told
from app.api.doors import actor, api
from app.api.problems import errors_of
from app.api.scopes import any_token
from app.api.undoing import way_back
from app.core.errors import Invalid, NotFound, Problem
from app.core.ids import parse_id
from app.core.text import N_
from app.domain.views import actions, opening, queries
from app.domain.views.actions import Wish
from app.domain.views.models import View
from app.records import filters, registry
from app.records.types import ObjectType

MOST = 200
# Members of a view as they are sent, and as a Wish has them.
_TEXTS = {"name": "name", "q": "search", "sort": "sort", "shared": "shared"}
_KNOWN = (*_TEXTS, "where", "columns", "team_id", "locked")
NO_OBJECT = N_("Name the object that the view is of, such as contacts.")
NO_TEXT = N_("%(name)s is text.")
NO_FLAG = N_("%(name)s is true or false.")
NO_ID = N_("%(name)s is an id.")
NO_NUMBER = N_("base_version is the version of the view that you read.")
BAD_CURSOR = N_("This is no cursor of this list.")


@api.get("/views")
@any_token
def list_views() -> Response:
    """The views that the token sees, of one object where that is named."""
    asking.known(("object", "limit", "cursor"))
    limit, written = asking.page_size(MOST), request.args.get("cursor", "")
    after = parse_id(written) if written else None
    if written and after is None:
        raise Invalid.one("cursor", "bad_cursor", BAD_CURSOR)
    views, more = queries.page(actor(), request.args.get("object") or None, after, limit)
    return told(
        {"data": [_shown(each) for each in views], "next_cursor": str(views[-1].id) if more else None}
    )


@api.post("/views")
@any_token
def create_view() -> Response:
    """A view of one's own, or one that is shared."""
    asking.known(())
    content = body()
    described = _object(content.pop("object", None))
    wish = _read(described, content, _KNOWN)
    view = actions.create(actor(), described.name, Wish(**{"name": "", **wish}))
    return told(_shown(view), 201, {"Location": f"/api/v1/views/{view.id}", **way_back(view.id)})


@api.get("/views/<uuid:view_id>")
@any_token
def show_view(view_id: UUID) -> Response:
    """One view."""
    asking.known(())
    return told(_shown(queries.get(actor(), view_id)))


@api.patch("/views/<uuid:view_id>")
@any_token
def change_view(view_id: UUID) -> Response:
    """Some members of a view anew."""
    asking.known(())
    view = queries.get(actor(), view_id)
    content, version = body(), view.version
    base = content.pop("base_version", None)
    if base is not None and (not isinstance(base, int) or isinstance(base, bool)):
        raise Invalid.one("base_version", "not_a_number", NO_NUMBER)
    wish = _read(queries.readable(actor(), view.object), content, (*_KNOWN, "base_version"))
    view = actions.change(actor(), view_id, wish, base)
    return told(_shown(view), headers=way_back(view.id) if view.version != version else None)


@api.delete("/views/<uuid:view_id>")
@any_token
def delete_view(view_id: UUID) -> Response:
    """The view is gone; no record goes with it."""
    asking.known(())
    actions.remove(actor(), view_id)
    answer = nothing()
    answer.headers.extend(way_back(view_id))
    return answer


def _shown(view: View) -> dict[str, Any]:
    """The view as the token sees it: a filter of which a part is out of sight is not told at all."""
    seen = opening.opened(actor(), queries.readable(actor(), view.object), view)
    content = {
        "id": view.id,
        "object": view.object,
        "name": view.name,
        "shared": view.shared,
        "team_id": view.team_id,
        "locked": view.is_locked,
        "q": view.search,
        "sort": seen.sort,
        "columns": seen.columns.names,
        "created_by": view.created_by,
        "may_change": queries.may_change(actor(), view),
        "version": view.version,
        "created_at": view.created_at,
        "updated_at": view.updated_at,
        "problems": errors_of(tuple(seen.problems)),
    }
    return {**content, "where": filters.to_json(seen.where)} if seen.is_whole else content


def _object(name: Any) -> ObjectType:
    try:
        return queries.readable(actor(), registry.get(name if isinstance(name, str) else "").name)
    except NotFound:
        raise Invalid.one("object", "required", NO_OBJECT) from None


def _read(described: ObjectType, content: Mapping[str, Any], known: tuple[str, ...]) -> dict[str, Any]:
    """What was sent, as members of a Wish; raises Invalid."""
    problems = [asking.unknown_field(name, known) for name in content if name not in _KNOWN]
    wish: dict[str, Any] = {}
    for name, member in _TEXTS.items():
        if name in content:
            wish[member] = content[name]
            if not isinstance(content[name], str):
                problems.append(Problem(name, "not_text", NO_TEXT, {"name": name}))
    if "locked" in content:
        wish["is_locked"] = content["locked"]
        if not isinstance(content["locked"], bool):
            problems.append(Problem("locked", "not_a_flag", NO_FLAG, {"name": "locked"}))
    if "columns" in content:
        wish["columns"] = asking.listed(content, "columns", problems) or ()
    if "team_id" in content:
        given = content["team_id"]
        wish["team_id"] = parse_id(given) if isinstance(given, str) else None
        if given is not None and wish["team_id"] is None:
            problems.append(Problem("team_id", "not_an_id", NO_ID, {"name": "team_id"}))
    if problems:
        raise Invalid(problems)
    if "where" in content:
        tree = content["where"]
        wish["where"] = filters.parse_json(described, tree, actor()) if tree is not None else None
    return wish
