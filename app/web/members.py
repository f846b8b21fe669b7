"""The members page: who is here, inviting many at once, roles, leaving."""

from uuid import UUID

from flask import make_response, render_template, request
from werkzeug.wrappers import Response

from app.core.actor import Actor
from app.core.errors import Conflict, Invalid, NotAllowed
from app.core.ids import new_id, parse_id
from app.core.permissions import require
from app.domain.members import actions, invitations, queries, roles, rules
from app.domain.members.invitations import Newcomers
from app.domain.members.models import ROLES, STANDARD
from app.ui.errors import by_field, say
from app.ui.granting import role_name
from app.ui.http import see_other, toast
from app.ui.marks import always
from app.ui.say import gettext as _
from app.web.doors import actor, workspace


@workspace.get("/members")
def list_members() -> str:
    """Everybody here and everybody invited."""
    require(actor(), "members:read")
    return _page()


@workspace.post("/members/invitations")
def invite_members() -> Response:
    """Invite a pasted list; the answer says for each entry what became of it."""
    try:
        done = invitations.invite(actor(), request.form.get("emails", ""), request.form.get("role", "member"))
    except Invalid as refused:
        return make_response(_page(refused=refused), 422)
    return make_response(_page(done=done))


@workspace.post("/members/invitations/<uuid:invitation_id>/mail")
def resend_invitation(invitation_id: UUID) -> Response:
    """Send an invitation again."""
    sent = invitations.resend(actor(), invitation_id)
    toast(_("The invitation to %(email)s is on its way.", email=sent.email))
    return see_other("/members")


@workspace.post("/members/invitations/<uuid:invitation_id>/removal")
@always
def revoke_invitation(invitation_id: UUID) -> Response:
    """Take an invitation back."""
    gone = invitations.revoke(actor(), invitation_id)
    toast(_("The invitation to %(email)s is taken back.", email=gone.email))
    return see_other("/members")


@workspace.post("/members/<uuid:member_id>/role")
def change_role(member_id: UUID) -> Response:
    """Another role; it holds from the next request on."""
    try:
        member = actions.change_role(actor(), member_id, request.form.get("role", ""), _own_roles(member_id))
    except Invalid as refused:
        if "own" in request.form:
            return make_response(_roles_page(member_id, say(refused.problems[0])), 422)
        return _refused(refused)
    # Who changed the own role may have no right any more to change it again.
    fact_id = actions.last_role_change(member_id) if member_id != actor().member_id else None
    told = _("%(name)s is %(role)s now.", name=member.name, role=role_name(member.role))
    toast(told, f"/members/changes/{fact_id}/reversal" if fact_id else None)
    return see_other("/members")


@workspace.post("/members/changes/<uuid:fact_id>/reversal")
def reverse_change_of_role(fact_id: UUID) -> Response:
    """Take a change of somebody's roles back."""
    try:
        member = actions.undo_role(actor(), fact_id)
    except Conflict as refused:
        toast(_(str(refused)), broken=True)
    except Invalid as refused:
        toast(say(refused.problems[0]), broken=True)
    else:
        toast(_("%(name)s is %(role)s again.", name=member.name, role=role_name(member.role)))
    return see_other("/members")


@workspace.get("/members/<uuid:member_id>/roles")
def show_member_roles(member_id: UUID) -> str:
    """The standard role and the company's own that a member has."""
    return _roles_page(member_id)


@workspace.post("/members/<uuid:member_id>/removal")
@always
def remove_member(member_id: UUID) -> Response:
    """Take somebody out, or leave."""
    try:
        member = actions.remove(actor(), member_id)
    except Invalid as refused:
        return _refused(refused)
    if member_id == actor().member_id:
        return see_other("/signed-out")
    toast(_("%(name)s is no longer a member.", name=member.name))
    return see_other("/members")


def _standard(who: Actor) -> list[tuple[str, str]]:
    return [(role, role_name(role)) for role in STANDARD if rules.may_manage(who.role, role)]


def _own_roles(member_id: UUID) -> list[UUID]:
    """Those that the form ticks; the short form of the list leaves them as they are."""
    if "own" not in request.form:
        return list(queries.get(member_id).role_ids)
    return [parse_id(each) or new_id() for each in request.form.getlist("role_ids")]


def _roles_page(member_id: UUID, told: str = "") -> str:
    who, member = actor(), queries.get(member_id)
    require(who, "members:manage")
    if not rules.may_manage(who.role, member.role):
        raise NotAllowed("owners:manage")
    return render_template(
        "web/roles/member.html",
        crumbs=[(_("Settings"), "/settings"), (_("Members"), "/members"), (member.name, None)],
        member=member,
        standard=[(role, role_name(role)) for role in ROLES if rules.may_manage(who.role, role)],
        roles=roles.every(),
        told=told,
    )


def _refused(refused: Invalid) -> Response:
    return make_response(_page(told=say(refused.problems[0])), 422)


def _page(refused: Invalid | None = None, done: Newcomers | None = None, told: str = "") -> str:
    who = actor()
    may_manage = "members:manage" in who.permissions
    own = {str(each.id): each.name for each in roles.every()} if may_manage else {}
    return render_template(
        "web/members/list.html",
        crumbs=[(_("Settings"), "/settings"), (_("Members"), None)],
        me=who,
        members=queries.active(),
        invitations=queries.invitations(),
        may_manage=may_manage,
        touchable=lambda role: rules.may_manage(who.role, role),
        roles=_standard(who),
        own_roles=own,
        invitable=[*_standard(who), *own.items()],
        role_name=role_name,
        done=done,
        told=told,
        emails=request.form.get("emails", "") if refused else "",
        errors=by_field(refused),
    )
