"""Lists as files: ask, follow, fetch by a short-lived link."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from flask import Response

from app.api import asking
from app.api.answers import body, told
from app.api.doors import actor, api
from app.api.scopes import needs
from app.core.errors import Invalid, NotAllowed, NotFound, Problem
from app.core.ids import parse_id
from app.core.text import N_
from app.domain.exports import actions
from app.domain.exports.actions import Wanted
from app.domain.views import opening, queries
from app.records import filters, registry
from app.records.columns import fields_of
from app.records.rights import allowed
from app.records.types import ObjectType
from app.ui.marks import always

_TEXTS = {"q": "search", "sort": "sort"}
_KNOWN = ("object", "view", "where", "q", "sort", "fields")
NO_OBJECT = N_("Name the object whose records you want, such as contacts.")
NO_VIEW = N_("There is no such view of these records that you may see.")
NO_TEXT = N_("%(name)s is text.")


@api.post("/exports")
@needs("jobs:read")
@always
def start_export() -> Response:
    """A CSV file of a filtered list, made by a job."""
    asking.known(())
    content = body()
    described, wanted = _read(content)
    job = actions.ask(actor(), described.name, wanted)
    return told(actions.status(actor(), job.id), 202, {"Location": f"/api/v1/exports/{job.id}"})


@api.get("/exports/<uuid:export_id>")
@needs("jobs:read")
def show_export(export_id: UUID) -> Response:
    """How far it is; when it is done, `url` is the file for five minutes, and a fresh one with each look."""
    asking.known(())
    return told(actions.status(actor(), export_id))


def _read(content: dict[str, Any]) -> tuple[ObjectType, Wanted]:
    problems = [asking.unknown_field(name, _KNOWN) for name in content if name not in _KNOWN]
    for name in _TEXTS:
        if not isinstance(content.get(name), str | None):
            problems.append(Problem(name, "not_text", NO_TEXT, {"name": name}))
    fields = asking.listed(content, "fields", problems)
    described = _object(content.get("object"), problems)
    if problems or described is None:
        raise Invalid(problems)
    if described.permission("read") not in actor().permissions:
        raise NotAllowed(described.permission("read"))
    described = allowed(actor(), described.name, "export")
    wanted = _viewed(described, content) if content.get("view") is not None else Wanted()
    told: dict[str, Any] = {}
    if "where" in content:
        tree = content["where"]
        told["where"] = filters.parse_json(described, tree, actor()) if tree is not None else None
    told |= {member: content[name] for name, member in _TEXTS.items() if name in content}
    told |= {"fields": fields} if fields else {}
    return described, replace(wanted, **told)


def _viewed(described: ObjectType, content: dict[str, Any]) -> Wanted:
    """What the view shows; raises Invalid where it is not there, or lost conditions for which none stand."""
    try:
        view_id = parse_id(content["view"]) if isinstance(content["view"], str) else None
        if view_id is None:
            raise NotFound("views")
        seen = opening.opened(actor(), described, queries.get(actor(), view_id, described.name))
    except NotFound:
        raise Invalid.one("view", "not_found", NO_VIEW) from None
    if seen.lost and "where" not in content:
        raise Invalid(list(seen.lost))
    names = fields_of(described, seen.columns.names) or None
    return Wanted(seen.where, seen.search or None, seen.sort or None, names)


def _object(name: Any, problems: list[Problem]) -> ObjectType | None:
    try:
        return registry.get(name if isinstance(name, str) else "")
    except NotFound:
        problems.append(Problem("object", "required", NO_OBJECT))
        return None
