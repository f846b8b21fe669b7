"""Files of a customer: brought with a report or a message, loaded from what he may see."""

from uuid import UUID

from flask import redirect, request
from werkzeug.wrappers import Response

from app.domain.files import actions
from app.portal.doors import actor, portal
from app.ui import uploads


@portal.post("/files")
def request_file() -> Response:
    """Where a script may send the bytes of a file, for a form that is still being written."""
    return uploads.announce(actor())


@portal.post("/files/<uuid:file_id>/completion")
def complete_file(file_id: UUID) -> Response:
    """The bytes are there: `ready`, or `refused` with the reason in words."""
    return uploads.complete(actor(), file_id)


@portal.get("/files/<uuid:file_id>")
def load_file(file_id: UUID) -> Response:
    """Off to the file store, to save the file, or with `show` to look at it where that is safe."""
    return redirect(actions.download(actor(), file_id, inline="show" in request.args))
