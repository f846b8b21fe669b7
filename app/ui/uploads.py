"""What doors answer to a script that brings a file: where the bytes go, and what became of them."""

from uuid import UUID

from flask import Response, jsonify, request

from app.core.actor import Actor
from app.domain.files import actions
from app.ui.say import gettext


def announce(actor: Actor, object_name: str | None = None, record_id: UUID | None = None) -> Response:
    """Where the file that the form describes may be sent, for a record or for a form still being written."""
    form = request.form
    upload = actions.request_upload(
        actor,
        name=form.get("name", ""),
        size=form.get("size", 0, type=int),
        content_type=form.get("type", ""),
        sha256=form.get("sha256", ""),
        object=object_name,
        record_id=record_id,
    )
    done = f"/files/{upload.id}/completion"
    return jsonify(id=upload.id, url=upload.url, headers=upload.headers, completion=done)


def complete(actor: Actor, file_id: UUID) -> Response:
    """The bytes are there: `ready`, or `refused` with the reason in words."""
    file = actions.complete(actor, file_id)
    problem = file.problem or ""
    return jsonify(id=file.id, name=file.name, state=file.state, message=gettext(problem))
