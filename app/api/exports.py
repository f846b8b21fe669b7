"""Lists as files: ask, follow, fetch by a short-lived link."""

from typing import Any
from uuid import UUID

from flask import Response

from app.api import asking
from app.api.answers import body, told
from app.api.doors import actor, api
from app.api.scopes import needs
from app.core.errors import Invalid, NotAllowed, NotFound, Problem
from app.core.text import N_
from app.domain.exports import actions
from app.domain.exports.actions import Wanted
from app.records import filters, registry
from app.records.rights import allowed
from app.records.types import ObjectType
from app.ui.marks import always

_KNOWN = ("object", "where", "q", "sort", "fields")
NO_OBJECT = N_("Name the object whose records you want, such as contacts.")
NO_TEXT = N_("%(name)s is text.")
NO_NAMES = N_("fields is a list of names.")


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
    for name in ("q", "sort"):
        if not isinstance(content.get(name), str | None):
            problems.append(Problem(name, "not_text", NO_TEXT, {"name": name}))
    fields = content.get("fields")
    if not (fields is None or (isinstance(fields, list) and all(isinstance(each, str) for each in fields))):
        problems.append(Problem("fields", "not_names", NO_NAMES))
    described = _object(content.get("object"), problems)
    if problems or described is None:
        raise Invalid(problems)
    if described.permission("read") not in actor().permissions:
        raise NotAllowed(described.permission("read"))
    described = allowed(actor(), described.name, "export")
    tree = content.get("where")
    where = filters.parse_json(described, tree, actor()) if tree is not None else None
    return described, Wanted(where, content.get("q"), content.get("sort"), fields or None)


def _object(name: Any, problems: list[Problem]) -> ObjectType | None:
    try:
        return registry.get(name if isinstance(name, str) else "")
    except NotFound:
        problems.append(Problem("object", "required", NO_OBJECT))
        return None
