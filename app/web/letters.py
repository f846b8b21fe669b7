"""Letters to customers that wait for a member: yes or no."""

from uuid import UUID

from flask import request
from werkzeug.wrappers import Response

from app.domain.letters import actions
from app.ui.http import own_path, see_other, toast
from app.ui.say import gettext as _
from app.web.doors import actor, workspace


@workspace.post("/letters/<uuid:letter_id>/approval")
def approve_letter(letter_id: UUID) -> Response:
    """Send it."""
    letter = actions.approve(actor(), letter_id)
    toast(_("On its way to %(address)s", address=letter.address))
    return see_other(own_path(request.form.get("next"), "/"))


@workspace.post("/letters/<uuid:letter_id>/refusal")
def decline_letter(letter_id: UUID) -> Response:
    """Do not send it."""
    actions.decline(actor(), letter_id)
    toast(_("It is not sent"))
    return see_other(own_path(request.form.get("next"), "/"))
