"""The members page: who is here, inviting many at once, roles, leaving."""

from uuid import UUID

from flask import make_response, render_template, request
from werkzeug.wrappers import Response

from app.core.errors import Invalid
from app.core.permissions import require
from app.domain.members import actions, invitations, queries, rules
from app.domain.members.invitations import Newcomers
from app.domain.members.models import ROLES
from app.ui.errors import by_field, say
from app.ui.http import see_other, toast
from app.ui.marks import always
from app.ui.say import gettext as _
from app.ui.say import pgettext
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
        member = actions.change_role(actor(), member_id, request.form.get("role", ""))
    except Invalid as refused:
        return _refused(refused)
    toast(_("%(name)s is %(role)s now.", name=member.name, role=role_name(member.role)))
    return see_other("/members")


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


def role_name(role: str) -> str:
    """A role in the reader's language."""
    names = {
        "owner": pgettext("role", "Owner"),
        "admin": _("Admin"),
        "member": _("Member"),
        "reader": _("Reader"),
    }
    return str(names[role])


def _refused(refused: Invalid) -> Response:
    return make_response(_page(told=say(refused.problems[0])), 422)


def _page(refused: Invalid | None = None, done: Newcomers | None = None, told: str = "") -> str:
    who = actor()
    return render_template(
        "web/members/list.html",
        crumbs=[(_("Settings"), "/settings"), (_("Members"), None)],
        me=who,
        members=queries.active(),
        invitations=queries.invitations(),
        may_manage="members:manage" in who.permissions,
        touchable=lambda role: rules.may_manage(who.role, role),
        roles=[(role, role_name(role)) for role in ROLES if rules.may_manage(who.role, role)],
        role_name=role_name,
        done=done,
        told=told,
        emails=request.form.get("emails", "") if refused else "",
        errors=by_field(refused),
    )
