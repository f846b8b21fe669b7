"""Files of records: announced, completed, loaded, shown to the customer, thrown away and taken back."""

from uuid import UUID

from flask import redirect, request
from werkzeug.wrappers import Response

from app.core.errors import Invalid
from app.core.ids import parse_id
from app.core.text import N_
from app.domain.files import actions
from app.domain.files.models import File
from app.ui import uploads
from app.ui.http import own_path, see_other, toast
from app.ui.say import gettext as _
from app.web.doors import actor, workspace


@workspace.post("/files")
def request_file() -> Response:
    """Where a script may send the bytes of a file, for a record or for a form that is still being written."""
    return uploads.announce(actor(), request.form.get("object") or None, _id(request.form.get("record_id")))


@workspace.post("/files/<uuid:file_id>/completion")
def complete_file(file_id: UUID) -> Response:
    """The bytes are there: `ready`, or `refused` with the reason in words."""
    return uploads.complete(actor(), file_id)


@workspace.get("/files/<uuid:file_id>")
def load_file(file_id: UUID) -> Response:
    """Off to the file store, to save the file, or with `show` to look at it where that is safe."""
    return redirect(actions.download(actor(), file_id, inline="show" in request.args))


@workspace.post("/files/<uuid:file_id>/trash")
def trash_file(file_id: UUID) -> Response:
    """Into the trash, with the way back."""
    file = actions.trash(actor(), file_id)
    toast(_("%(name)s is in the trash", name=file.name), f"/files/{file_id}/restoration")
    return see_other(_page_of(file))


@workspace.post("/files/<uuid:file_id>/restoration")
def restore_file(file_id: UUID) -> Response:
    """Out of the trash."""
    file = actions.restore(actor(), file_id)
    toast(_("%(name)s is back", name=file.name))
    return see_other(_page_of(file))


@workspace.post("/files/<uuid:file_id>/visibility")
def share_file(file_id: UUID) -> Response:
    """Shown to the customer or not."""
    shown = "is_customer_visible" in request.form
    file = actions.share(actor(), file_id, is_customer_visible=shown)
    if shown:
        toast(_("The customer sees %(name)s in the portal", name=file.name))
    else:
        toast(_("The customer does not see %(name)s any more", name=file.name))
    return see_other(_page_of(file))


def _page_of(file: File) -> str:
    """The page on which the file is listed."""
    return own_path(request.form.get("back"), f"/{file.object}/{file.record_id}?tab=files")


def _id(text: str | None) -> UUID | None:
    if not text:
        return None
    found = parse_id(text)
    if found is None:
        raise Invalid.one("record_id", "not_an_id", N_("This is no id."))
    return found
