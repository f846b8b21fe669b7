"""The teams: a tree, and who is in which."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from flask import make_response, render_template, request
from werkzeug.wrappers import Response

from app.core.errors import Invalid
from app.core.ids import parse_id
from app.core.permissions import require
from app.domain.members import queries, teams
from app.domain.members.models import Member, Team
from app.domain.members.teams import PERMISSION
from app.ui.errors import by_field, say
from app.ui.http import see_other, toast
from app.ui.say import gettext as _
from app.web.doors import actor, workspace

PAGE = "/settings/teams"


@dataclass(frozen=True)
class Branch:
    """A team in the tree: how deep it lies, and its members."""

    team: Team
    depth: int
    members: Sequence[Member]


@workspace.get(PAGE)
def list_teams() -> str:
    """The tree."""
    return _page()


@workspace.post(PAGE)
def create_team() -> Response:
    """A new team."""
    form = request.form
    try:
        team = teams.create(actor(), form.get("name", ""), parse_id(form.get("parent_id", "")))
    except Invalid as refused:
        return make_response(_page(refused), 422)
    return see_other(f"{PAGE}/{team.id}")


@workspace.get("/settings/teams/<uuid:team_id>")
def show_team(team_id: UUID) -> str:
    """Its name, where it lies, and who is in it."""
    require(actor(), PERMISSION)
    return _team_page(teams.get(team_id))


@workspace.post("/settings/teams/<uuid:team_id>")
def change_team(team_id: UUID) -> Response:
    """Another name, place or people."""
    form, who = request.form, actor()
    try:
        team = teams.change(who, team_id, form.get("name", ""), parse_id(form.get("parent_id", "")))
    except Invalid as refused:
        return make_response(_team_page(teams.get(team_id), refused), 422)
    teams.seat(who, team_id, {found for each in form.getlist("members") if (found := parse_id(each))})
    toast(_("The team %(name)s is changed.", name=team.name))
    return see_other(PAGE)


@workspace.post("/settings/teams/<uuid:team_id>/removal")
def remove_team(team_id: UUID) -> Response:
    """Take a team away; those below it move up."""
    gone = teams.remove(actor(), team_id)
    toast(_("The team %(name)s is removed.", name=gone.name))
    return see_other(PAGE)


def _page(refused: Invalid | None = None) -> str:
    require(actor(), PERMISSION)
    known = teams.every()
    return render_template(
        "web/teams/list.html",
        crumbs=[(_("Settings"), "/settings"), (_("Members"), "/members"), (_("Teams"), None)],
        branches=list(_tree(known, queries.active(), None, 0)),
        options=[("", ""), *((str(each.id), each.name) for each in known)],
        form=request.form if refused else {},
        errors=by_field(refused),
    )


def _tree(
    known: Sequence[Team], members: Sequence[Member], parent: UUID | None, depth: int
) -> Iterator[Branch]:
    for team in known:
        if team.parent_id == parent:
            yield Branch(team, depth, [each for each in members if team.id in each.team_ids])
            yield from _tree(known, members, team.id, depth + 1)


def _team_page(team: Team, refused: Invalid | None = None) -> str:
    others = [each for each in teams.every() if each.id != team.id]
    return render_template(
        "web/teams/team.html",
        crumbs=[
            (_("Settings"), "/settings"),
            (_("Members"), "/members"),
            (_("Teams"), PAGE),
            (team.name, None),
        ],
        team=team,
        options=[("", ""), *((str(each.id), each.name) for each in others)],
        members=queries.active(),
        problems=[(each.path, say(each)) for each in refused.problems] if refused else [],
    )
