"""What a view may be: its members in one form, and whether there is a place for it."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import ColumnElement, and_, func, select

from app.core.actor import Actor
from app.core.errors import Invalid, Problem
from app.domain.members.models import Team
from app.domain.views import queries, rules
from app.domain.views.models import View
from app.records import columns as columns_of_lists
from app.records import filters, intake, keyset
from app.records.filters import Where
from app.records.filters.using import kind_of, using
from app.records.types import ObjectType
from tenants.session import session


def columns(actor: Actor, described: ObjectType, told: Mapping[str, Any]) -> dict[str, Any]:
    """The members of a Wish that are told, as they are stored; raises Invalid."""
    found, problems = dict(told), list[Problem]()
    if "name" in told:
        found["name"] = rules.clean_name(told["name"])
        problems += rules.name_problems(found["name"])
    if told.get("shared", "nobody") not in rules.SHARED:
        problems.append(Problem("shared", "not_a_choice", rules.NOT_SHARED))
    if "search" in told:
        found["search"] = rules.clean_name(told["search"])
        if len(found["search"]) > rules.LONGEST_SEARCH:
            problems.append(Problem("q", "too_long", rules.LONG_SEARCH, {"most": rules.LONGEST_SEARCH}))
    if "columns" in told:
        found["columns"] = _columns(actor, described, told["columns"], problems)
    if told.get("sort"):
        found["sort"] = _sort(described, told["sort"], problems)
    if "where" in told:
        found |= _filter(actor, described, found.pop("where"), problems)
    if problems:
        raise Invalid(problems)
    return found


def settle(view: View) -> None:
    """Put in order what depends on whom the view is shared with."""
    if view.shared != "team":
        view.team_id = None
    if view.shared == "nobody":
        view.is_locked = False


def check(actor: Actor, view: View, *, is_new: bool, team_is_new: bool) -> None:
    """Raises Invalid where the name is taken, the team no choice, or there are too many where it `is_new`."""
    if view.shared == "team" and team_is_new:
        if view.team_id is None:
            raise Invalid.one("team_id", "required", rules.TEAM_NEEDED)
        if view.team_id not in {each.id for each in queries.teams_of(actor)}:
            raise Invalid.one("team_id", "not_found", rules.NO_TEAM)
    if view.name.lower() in names_beside(view):
        raise Invalid.one("name", "taken", rules.TAKEN)
    if is_new:
        room(view)


def room(view: View) -> None:
    """Raises Invalid where there are as many views as there may be: of one's own, or shared."""
    ours = [View.shared == "nobody", View.created_by == view.created_by]
    beside = ours if view.shared == "nobody" else [View.shared != "nobody"]
    here = select(func.count()).where(View.object == view.object, View.id != view.id, *beside)
    if (session.scalar(here) or 0) >= rules.MOST:
        raise Invalid.one("name", "too_many", rules.TOO_MANY, most=rules.MOST)


def names_beside(view: View) -> set[str]:
    """The names, in lower case, of the other views that stand in the same lists."""
    here = select(func.lower(View.name)).where(View.object == view.object, View.id != view.id, _beside(view))
    return set(session.scalars(here))


def is_team(team_id: UUID | None) -> bool:
    """Whether there is that team."""
    return team_id is not None and session.get(Team, team_id) is not None


def _beside(view: View) -> ColumnElement[bool]:
    if view.shared == "nobody":
        return and_(View.shared == "nobody", View.created_by == view.created_by)
    if view.shared == "team":
        return and_(View.shared == "team", View.team_id == view.team_id)
    return View.shared == "everyone"


def _columns(actor: Actor, described: ObjectType, names: Sequence[str], problems: list[Problem]) -> list[str]:
    """The columns as they are stored, the title first."""
    known = {described.title, *columns_of_lists.offered(actor, described)}
    problems += [intake.unknown(described, name) for name in dict.fromkeys(names) if name not in known]
    found = columns_of_lists.chosen(actor, described, names)
    if found.beyond:
        told = {"most": columns_of_lists.MOST}
        problems.append(Problem("columns", "too_many", rules.TOO_MANY_COLUMNS, told))
    return list(found.names)


def _sort(described: ObjectType, written: str, problems: list[Problem]) -> str:
    """The order as it is stored: nothing for the usual one."""
    try:
        sort = str(keyset.sort_of(described, written))
    except Invalid as refused:
        problems += refused.problems
        return ""
    return "" if sort == described.default_sort else sort


def _filter(
    actor: Actor, described: ObjectType, where: Where | None, problems: list[Problem]
) -> dict[str, Any]:
    tree = filters.to_json(where)
    if len(orjson.dumps(tree)) > rules.LONGEST_TREE:
        problems.append(Problem("where", "too_large", rules.LONG_TREE))
    used = {f"{one.name}.{field.name}": kind_of(field) for one, field in using(described, where, actor)}
    return {"tree": tree, "uses": used}
