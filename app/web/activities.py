"""Getting things done: an activity is completed and, where that was a slip, opened again."""

from uuid import UUID

from flask import request
from werkzeug.wrappers import Response

from app.core.clock import now
from app.records import writing
from app.ui.http import own_path, see_other, toast
from app.ui.say import gettext as _
from app.web.doors import actor, workspace


@workspace.post("/activities/<uuid:activity_id>/completion")
def complete_activity(activity_id: UUID) -> Response:
    """The activity is done."""
    done = writing.update(actor(), "activities", activity_id, {"done_at": now()})
    toast(_("Done: %(what)s", what=done.title), f"/activities/{activity_id}/reopening")
    return see_other(own_path(request.form.get("back")))


@workspace.post("/activities/<uuid:activity_id>/reopening")
def reopen_activity(activity_id: UUID) -> Response:
    """The activity is not done after all."""
    writing.update(actor(), "activities", activity_id, {"done_at": None})
    return see_other(own_path(request.form.get("back")))
