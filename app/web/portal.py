"""A contact's way into the portal, on the contact's page: invite, see the state, choose its sight, block."""

from uuid import UUID

from flask import request
from werkzeug.wrappers import Response

from app.core.errors import Invalid
from app.core.text import N_
from app.domain.portal import accounts
from app.domain.portal.rules import Sees
from app.ui.http import see_other, toast
from app.ui.marks import always
from app.ui.say import gettext as _
from app.web.doors import actor, workspace


@workspace.post("/contacts/<uuid:contact_id>/portal")
def invite_customer(contact_id: UUID) -> Response:
    """Mail the contact a link, for the first time or again."""
    account = accounts.invite(actor(), contact_id, sees=_sees())
    toast(_("Invitation sent to %(email)s", email=account.email))
    return see_other(f"/contacts/{contact_id}")


@workspace.post("/contacts/<uuid:contact_id>/portal/block")
@always
def block_customer(contact_id: UUID) -> Response:
    """Shut the contact out at once."""
    accounts.block(actor(), contact_id)
    toast(_("Shut out of the portal"))
    return see_other(f"/contacts/{contact_id}")


@workspace.post("/contacts/<uuid:contact_id>/portal/unblock")
def unblock_customer(contact_id: UUID) -> Response:
    """Let the contact in again."""
    accounts.unblock(actor(), contact_id)
    toast(_("The portal is open again"))
    return see_other(f"/contacts/{contact_id}")


@workspace.post("/contacts/<uuid:contact_id>/portal/sight")
def choose_sight(contact_id: UUID) -> Response:
    """Show the contact's own dealings, or the whole company's."""
    accounts.let_see(actor(), contact_id, _sees())
    toast(_("Saved."))
    return see_other(f"/contacts/{contact_id}")


def _sees() -> Sees:
    match request.form.get("sees", "own"):
        case "own":
            return "own"
        case "company":
            return "company"
        case _:
            raise Invalid.one("sees", "choice", N_("Choose one of the list."))
