"""Files of a customer: brought with a report or a message, loaded from what he may see."""

from uuid import UUID

from flask import jsonify, redirect, request
from werkzeug.wrappers import Response

from app.domain.files import actions
from app.portal.doors import actor, portal
from app.ui.say import gettext as _


@portal.post("/files")
def request_file() -> Response:
    """Where a script may send the bytes of a file, for a form that is still being written."""
    form = request.form
    upload = actions.request_upload(
        actor(),
        name=form.get("name", ""),
        size=form.get("size", 0, type=int),
        content_type=form.get("type", ""),
        sha256=form.get("sha256", ""),
    )
    done = f"/files/{upload.id}/completion"
    return jsonify(id=upload.id, url=upload.url, headers=upload.headers, completion=done)


@portal.post("/files/<uuid:file_id>/completion")
def complete_file(file_id: UUID) -> Response:
    """The bytes are there: `ready`, or `refused` with the reason in words."""
    file = actions.complete(actor(), file_id)
    problem = file.problem or ""
    return jsonify(id=file.id, name=file.name, state=file.state, message=_(problem))


@portal.get("/files/<uuid:file_id>")
def load_file(file_id: UUID) -> Response:
    """Off to the file store, to save the file, or with `show` to look at it where that is safe."""
    return redirect(actions.download(actor(), file_id, inline="show" in request.args))
