"""Many records of one object at once, named or found by a filter, as a job."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Response

from app.api import asking
from app.api.answers import body, told
from app.api.doors import actor, api
from app.api.jobs import view
from app.api.scopes import needs
from app.core.errors import Invalid, Problem
from app.core.ids import parse_id
from app.core.text import N_
from app.domain.bulk import actions, rules
from app.domain.bulk.rules import Selection, Wanted
from app.domain.jobs.models import Job
from app.domain.purging import actions as purging
from app.records import filters
from app.records.types import ObjectType

VERBS = (*rules.VERBS, "export", "purge")
_KNOWN = ("action", "ids", "all", "where", "q", "values", "owner_id", "fields")
NO_ACTION = N_("action is one of: %(known)s.")
NO_IDS = N_("ids is a list of ids.")
NO_TEXT = N_("%(name)s is text.")
NO_FLAG = N_("%(name)s is true or false.")
NO_OBJECT = N_("values is an object of values by field.")


@api.post("/<object:described>/bulk")
@needs("read", "jobs:read")
def start_bulk(described: ObjectType) -> Response:
    """Change, assign, delete, restore, export or purge records; what a filter finds as the job begins."""
    asking.known(())
    content = body()
    problems = [asking.unknown_field(name, _KNOWN) for name in content if name not in _KNOWN]
    action, selection = _action(content, problems), _selection(described, content, problems)
    values, fields = _values(content, problems), asking.listed(content, "fields", problems)
    if problems:
        raise Invalid(problems)
    job = _started(described, action, selection, values, fields)
    return told(view(job), 202, {"Location": f"/api/v1/jobs/{job.id}"})


def _started(
    described: ObjectType,
    action: str,
    selection: Selection,
    values: Mapping[str, Any],
    fields: list[str] | None,
) -> Job:
    if action == "export":
        return actions.export(actor(), described.name, selection, fields)
    if action == "purge":
        return purging.ask(actor(), described.name, selection)
    verb = next(each for each in rules.VERBS if each == action)
    return actions.ask(actor(), described.name, Wanted(verb, selection, values))


def _action(content: Mapping[str, Any], problems: list[Problem]) -> str:
    action = content.get("action")
    if action not in VERBS:
        problems.append(Problem("action", "not_a_choice", NO_ACTION, {"known": ", ".join(VERBS)}))
    return str(action)


def _selection(described: ObjectType, content: Mapping[str, Any], problems: list[Problem]) -> Selection:
    """Which records; all of them only where that is said."""
    ids, search, tree = content.get("ids"), content.get("q"), content.get("where")
    if not isinstance(search, str | None):
        problems.append(Problem("q", "not_text", NO_TEXT, {"name": "q"}))
    if not isinstance(content.get("all"), bool | None):
        problems.append(Problem("all", "not_a_flag", NO_FLAG, {"name": "all"}))
    if ids is not None and content.get("all") is True:
        problems.append(Problem("ids", "ambiguous", rules.TWO_WAYS))
    if ids is None and not search and tree is None and content.get("all") is not True:
        problems.append(Problem("ids", "required", rules.NO_ROWS))
    where = None if tree is None else filters.parse_json(described, tree, actor())
    return Selection(_ids(ids, problems), where, search if isinstance(search, str) else None)


def _ids(given: Any, problems: list[Problem]) -> list[UUID] | None:
    if given is None:
        return None
    read = (
        [parse_id(each) if isinstance(each, str) else None for each in given] if _is_list(given) else [None]
    )
    ids = [each for each in read if each is not None]
    if len(ids) < len(read):
        problems.append(Problem("ids", "not_an_id", NO_IDS))
    return ids


def _values(content: Mapping[str, Any], problems: list[Problem]) -> Mapping[str, Any]:
    if content.get("action") == "assign":
        return {rules.OWNER: content.get("owner_id")}
    values = content.get("values", {})
    if not isinstance(values, dict):
        problems.append(Problem("values", "not_an_object", NO_OBJECT))
        return {}
    return values


def _is_list(given: Any) -> bool:
    return isinstance(given, list)
