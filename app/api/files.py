"""Files: announce one, send its bytes straight to the store, complete it, fetch it by a short-lived link."""

from typing import Any
from uuid import UUID

from flask import Response

from app.api import asking
from app.api.answers import body, no_body, told
from app.api.doors import actor, api
from app.api.scopes import any_token
from app.core.errors import Invalid, Problem
from app.core.ids import parse_id
from app.core.text import N_
from app.domain.files import actions, queries
from app.domain.files.models import File

_TEXTS = ("name", "sha256", "content_type", "object", "record_id")
_KNOWN = (*_TEXTS, "size")
NO_TEXT = N_("%(name)s is text.")
NO_SIZE = N_("size is the number of bytes.")
NO_ID = N_("record_id is the id of a record.")


@api.post("/files")
@any_token
def request_file() -> Response:
    """Where to PUT the bytes of a new file, and with which headers."""
    asking.known(())
    wanted = _read(body())
    upload = actions.request_upload(actor(), **wanted)
    content = {
        "id": upload.id,
        "status": "pending",
        "method": "PUT",
        "url": upload.url,
        "headers": upload.headers,
    }
    return told(content, 201, {"Location": f"/api/v1/files/{upload.id}"})


@api.post("/files/<uuid:file_id>/complete")
@any_token
def complete_file(file_id: UUID) -> Response:
    """The bytes are there: they are looked at, and the file is ready or refused."""
    asking.known(())
    no_body()
    return told(_view(actions.complete(actor(), file_id)))


@api.get("/files/<uuid:file_id>")
@any_token
def show_file(file_id: UUID) -> Response:
    """One file; while it is ready, `url` gives it out for five minutes."""
    asking.known(())
    return told(_view(queries.one(actor(), file_id)))


def _view(file: File) -> dict[str, Any]:
    is_ready = file.state == "ready"
    return {
        "id": file.id,
        "status": file.state,
        "name": file.name,
        "size": file.size,
        "content_type": file.sniffed_type or file.declared_type,
        "sha256": file.sha256,
        "object": file.object,
        "record_id": file.record_id,
        "is_customer_visible": file.is_customer_visible,
        "width": file.width,
        "height": file.height,
        "created_at": file.created_at,
        "url": actions.download(actor(), file.id) if is_ready else None,
    }


def _read(content: dict[str, Any]) -> dict[str, Any]:
    problems = [asking.unknown_field(name, _KNOWN) for name in content if name not in _KNOWN]
    for name in _TEXTS:
        needed = name in {"name", "sha256"}
        if not isinstance(content.get(name), str if needed else str | None):
            problems.append(Problem(name, "not_text", NO_TEXT, {"name": name}))
    size = content.get("size")
    if not isinstance(size, int) or isinstance(size, bool) or not 0 <= size < 2**53:
        problems.append(Problem("size", "not_a_number", NO_SIZE))
    record_id = content.get("record_id")
    found = parse_id(record_id) if isinstance(record_id, str) else None
    if record_id and found is None:
        problems.append(Problem("record_id", "not_an_id", NO_ID))
    if problems:
        raise Invalid(problems)
    return {
        "name": content["name"],
        "size": size,
        "sha256": content["sha256"],
        "content_type": content.get("content_type") or "",
        "object": content.get("object"),
        "record_id": found,
    }
