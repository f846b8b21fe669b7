"""Views: saving, changing, duplicating, deleting them, and taking that back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select, text

from app.core.actor import Actor
from app.core.clock import now
from app.core.errors import Conflict, KithError, NotAllowed, NotFound, Stale
from app.core.ids import new_id
from app.core.text import N_
from app.domain.views import checking, opening, queries, rules
from app.domain.views.models import View
from app.records import facts, registry, tables
from app.records.filters import Where
from app.records.since import CHANGED_SINCE
from tenants.session import session

NOT_WHOLE = N_("The view names what is not there any more or what you may not see, so you cannot copy it.")
# Names are taken and places counted one after the other.
_ALONE = text("SELECT ext.hold(7303)")
CONTENT = ("name", "shared", "team_id", "is_locked", "tree", "search", "sort", "columns", "uses")
# Whom a view is for is decided by its maker, and by who manages.
_LEADING = frozenset({"shared", "team_id", "is_locked"})
_OWN: Mapping[str, Any] = {"shared": "nobody", "team_id": None, "is_locked": False}


@dataclass(frozen=True)
class Wish:
    """What a view shall be called and show, and for whom; `sort` and `columns` as lists take them, empty: the
    usual.
    """

    name: str
    where: Where | None = None
    search: str = ""
    sort: str = ""
    columns: Sequence[str] = ()
    shared: str = "nobody"
    team_id: UUID | None = None
    is_locked: bool = False


def create(actor: Actor, object_name: str, wish: Wish) -> View:
    """A new view of that object; raises Invalid, NotFound, NotAllowed."""
    described = queries.readable(actor, object_name)
    values = checking.columns(actor, described, vars(wish))
    return _added(actor, _blank(actor, object_name), values)


def change(actor: Actor, view_id: UUID, told: Mapping[str, Any], base_version: int | None = None) -> View:
    """The view with some members of a Wish anew.

    Raises Stale where it has another version than `base_version`, Invalid, NotFound, NotAllowed.
    """
    view = _held(actor, view_id)
    if not queries.may_change(actor, view):
        raise NotAllowed(_needed(view))
    if base_version is not None and base_version != view.version:
        raise Stale
    described = queries.readable(actor, view.object)
    values = checking.columns(actor, described, told)
    if values.get("columns"):
        values["columns"] += opening.out_of_sight(described, view)
    return _changed(actor, view, values)


def copy(actor: Actor, view_id: UUID) -> View:
    """A view of one's own that shows the same; raises Conflict where one does not see all that it names."""
    view = queries.get(actor, view_id)
    seen = opening.opened(actor, queries.readable(actor, view.object), view)
    if (seen.lost or seen.unsorted) and not queries.is_maker(actor, view):
        raise Conflict(NOT_WHOLE)
    made = _blank(actor, view.object)
    shown = {name: getattr(view, name) for name in ("tree", "search", "sort", "uses")}
    shown["columns"] = list(seen.columns.names)
    return _added(actor, made, {**_OWN, **shown, "name": view.name}, another_name=True)


def remove(actor: Actor, view_id: UUID) -> View:
    """Delete a view; the fact of it brings it back."""
    view = _held(actor, view_id)
    if not queries.may_lead(actor, view):
        raise NotAllowed(_needed(view))
    _note(actor, "view.removed", view, {**_content(view), "created_by": str(view.created_by)}, {})
    session.delete(view)
    session.flush()
    return view


def undo(actor: Actor, fact_id: UUID) -> View:
    """Take a change of a view back: as it was before, unless it was changed again since.

    Raises Conflict where it was, NotFound where the fact or the view is not for `actor`.
    """
    fact = _fact(fact_id)
    if fact["verb"] == "view.removed":
        return _brought_back(actor, fact)
    view = _held(actor, fact["record_id"])
    if fact["verb"] == "view.created":
        if view.version > 1:
            raise Conflict(CHANGED_SINCE)
        return remove(actor, view.id)
    content = _content(view)
    if any(content[name] != after for name, (_, after) in fact["changes"].items()):
        raise Conflict(CHANGED_SINCE)
    return _changed(actor, view, _read({name: before for name, (before, _) in fact["changes"].items()}))


def _brought_back(actor: Actor, fact: Mapping[str, Any]) -> View:
    """What was deleted, where it was; under another name where somebody took its own."""
    before = {name: pair[0] for name, pair in fact["changes"].items()}
    view = _blank(actor, fact["data"]["object"])
    view.id, view.created_by = fact["record_id"], UUID(before.pop("created_by"))
    is_shared = before["shared"] != "nobody"
    if not queries.is_maker(actor, view) and not (is_shared and queries.MANAGES in actor.permissions):
        raise NotFound("views")
    queries.readable(actor, view.object)
    values = _read(before)
    if values["shared"] == "team" and not checking.is_team(values["team_id"]):
        values |= _OWN
    session.execute(_ALONE)
    if session.get(View, view.id) is not None:
        raise Conflict(CHANGED_SINCE)
    return _added(actor, view, values, another_name=True, team_is_new=False)


def _added(
    actor: Actor,
    view: View,
    values: Mapping[str, Any],
    *,
    another_name: bool = False,
    team_is_new: bool = True,
) -> View:
    _set(view, values)
    if not queries.keeps(actor, view.object, view.shared):
        raise NotAllowed(_needed(view))
    session.execute(_ALONE)
    if another_name:
        view.name = rules.free_name(view.name, checking.names_beside(view))
    checking.check(actor, view, is_new=True, team_is_new=team_is_new)
    session.add(view)
    session.flush()
    _note(actor, "view.created", view, {}, _content(view))
    return view


def _changed(actor: Actor, view: View, values: Mapping[str, Any]) -> View:
    before, names = _content(view), set[str]()
    if not queries.may_change(actor, view):
        raise NotAllowed(_needed(view))
    try:
        with session.no_autoflush:
            names = _laid_over(actor, view, values, before)
    except KithError:
        session.expire(view)  # what was refused is not written by whatever is asked next
        raise
    if names:
        after = _content(view)
        view.version, view.updated_at = view.version + 1, now()
        session.flush()
        _note(actor, "view.changed", view, {n: before[n] for n in names}, {n: after[n] for n in names})
    return view


def _laid_over(actor: Actor, view: View, values: Mapping[str, Any], before: Mapping[str, Any]) -> set[str]:
    """What changed of the view that now has these values; raises Invalid, NotAllowed."""
    may_lead = queries.may_lead(actor, view)
    _set(view, values)
    after = _content(view)
    names = {name for name in CONTENT if before[name] != after[name]}
    if not queries.keeps(actor, view.object, view.shared) or (names & _LEADING and not may_lead):
        raise NotAllowed(_needed(view))
    if names & {"name", *_LEADING}:
        is_new = (before["shared"] == "nobody") != (view.shared == "nobody")
        checking.check(actor, view, is_new=is_new, team_is_new=before["team_id"] != after["team_id"])
    return names


def _blank(actor: Actor, object_name: str) -> View:
    if actor.id is None or actor.kind not in queries.KEEPERS:
        raise NotAllowed(registry.get(object_name).permission("write"))
    at = now()
    return View(id=new_id(), object=object_name, created_by=actor.id, version=1, created_at=at, updated_at=at)


def _held(actor: Actor, view_id: UUID) -> View:
    session.execute(_ALONE)
    return queries.get(actor, view_id, hold=True)


def _set(view: View, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        setattr(view, name, value)
    checking.settle(view)


def _needed(view: View) -> str:
    return registry.get(view.object).permission("write")


def _content(view: View) -> dict[str, Any]:
    """All that people decided about the view, as JSON."""
    told = {name: getattr(view, name) for name in CONTENT}
    return {**told, "team_id": str(view.team_id) if view.team_id else None}


def _read(told: Mapping[str, Any]) -> dict[str, Any]:
    """What a fact told, as it is stored."""
    team_id = told.get("team_id")
    return {**told, "team_id": UUID(team_id) if team_id else None} if "team_id" in told else dict(told)


def _fact(fact_id: UUID) -> Mapping[str, Any]:
    log, values = tables.facts, tables.fact_values
    columns = (log.c.verb, log.c.record_id, log.c.data, values.c.changes)
    source = log.join(values, values.c.fact_id == log.c.id)
    found = select(*columns).select_from(source).where(log.c.id == fact_id, log.c.object == "views")
    row = session.execute(found).mappings().one_or_none()
    if row is None:
        raise NotFound("facts")
    return dict(row)


def _note(actor: Actor, verb: str, view: View, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    names = [*before, *(name for name in after if name not in before)]
    changes = {name: [before.get(name), after.get(name)] for name in names}
    facts.record(actor, verb, "views", view.id, view.name, changes=changes, data={"object": view.object})
