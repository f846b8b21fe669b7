"""Solving incidents, and opening again what was not solved after all."""

from uuid import UUID

from flask import request
from werkzeug.wrappers import Response

from app.domain.incidents import actions
from app.ui.http import own_path, see_other, toast
from app.ui.say import gettext as _
from app.web.doors import actor, workspace


@workspace.post("/incidents/<uuid:incident_id>/resolution")
def resolve_incident(incident_id: UUID) -> Response:
    """The incident is solved; the customer reads it at once."""
    solved = actions.resolve(actor(), incident_id)
    toast(_("Solved: %(what)s", what=solved.title), f"/incidents/{incident_id}/reopening")
    return see_other(own_path(request.form.get("back"), f"/incidents/{incident_id}"))


@workspace.post("/incidents/<uuid:incident_id>/reopening")
def reopen_incident(incident_id: UUID) -> Response:
    """The incident is not solved after all."""
    actions.reopen(actor(), incident_id)
    return see_other(own_path(request.form.get("back"), f"/incidents/{incident_id}"))
