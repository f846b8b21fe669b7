"""Tables that come in as files: start, follow, read what was refused, take back."""

from typing import Any, cast
from uuid import UUID

import orjson
from flask import Response, request
from werkzeug import wrappers
from werkzeug.datastructures import FileStorage

from app.api import asking
from app.api.answers import NotJson, nothing, told
from app.api.doors import actor, api, bearer
from app.api.scopes import needs
from app.core.errors import Invalid, Problem
from app.core.text import N_
from app.domain.bulk import undoing
from app.domain.imports import actions, queries
from app.domain.imports.rules.limits import FILE_BYTES
from app.domain.jobs import actions as jobs
from app.domain.jobs import queries as known_jobs
from app.ui import downloads

NO_FILE = N_("Send the table as file.")
NO_OBJECT = N_("Name the object that the rows are about, such as contacts.")
BAD_OPTIONS = N_("options is one JSON object.")
_FORM_ROOM = 1024 * 1024
_UPLOAD = "api.start_import"
_FORM = "multipart/form-data"


@api.url_value_preprocessor
def _allow_large_files(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """An import's file may be larger than other bodies; it is read only after the token was looked at."""
    if endpoint == _UPLOAD and bearer():
        request.max_content_length = FILE_BYTES + _FORM_ROOM


@api.post("/imports")
@needs("imports:run", "jobs:read")
def start_import() -> Response:
    """Import a file; what may not be guessed stands in `options`."""
    asking.known(())
    file, object_name, options = _form()
    job = actions.upload(
        actor(), object_name, file.filename or "import.csv", cast(Any, file.stream), thorough=True
    )
    if options:
        actions.map_as(actor(), job.id, options)
    started = actions.start(actor(), job.id)
    return told(queries.status(started), 202, {"Location": f"/api/v1/imports/{started.id}"})


@api.get("/imports/<uuid:import_id>")
@needs("imports:run", "jobs:read")
def show_import(import_id: UUID) -> Response:
    """How far it is, and what came of it."""
    asking.known(())
    job = queries.one(actor(), import_id)
    return told(queries.status(job) | {"undone_by": undoing.undone_by(job.id)})


@api.get("/imports/<uuid:import_id>/errors.csv")
@needs("imports:run", "jobs:read")
def show_import_errors(import_id: UUID) -> wrappers.Response:
    """The refused rows with their reasons, as a file that can be mended and imported."""
    asking.known(())
    return downloads.refused_rows(actor(), queries.one(actor(), import_id))


@api.delete("/imports/<uuid:import_id>")
@needs("imports:run", "jobs:read")
def undo_import(import_id: UUID) -> Response:
    """Take it back: a draft is forgotten, what runs is stopped, what is over is undone by a job."""
    asking.known(())
    job = queries.one(actor(), import_id)
    if job.state == "draft":
        actions.discard(actor(), job.id)
        return nothing()
    if not job.is_over:
        jobs.cancel(actor(), job.id)
        stopping = queries.status(known_jobs.one(actor(), job.id))
        return told(stopping, 202, {"Location": f"/api/v1/imports/{job.id}"})
    undo = undoing.ask(actor(), job.id)
    content = queries.status(job) | {"undone_by": undo.id}
    return told(content, 202, {"Location": f"/api/v1/jobs/{undo.id}"})


def _form() -> tuple[FileStorage, str, dict[str, Any]]:
    if request.mimetype != _FORM:
        raise NotJson(415)
    file, object_name = request.files.get("file"), request.form.get("object", "")
    problems = [] if file else [Problem("file", "required", NO_FILE)]
    problems += [] if object_name else [Problem("object", "required", NO_OBJECT)]
    options = _options(request.form.get("options", ""), problems)
    if problems or file is None:
        raise Invalid(problems)
    return file, object_name, options


def _options(written: str, problems: list[Problem]) -> dict[str, Any]:
    try:
        options = orjson.loads(written) if written.strip() else {}
    except (orjson.JSONDecodeError, UnicodeEncodeError):
        options = None
    if not isinstance(options, dict):
        problems.append(Problem("options", "bad_json", BAD_OPTIONS))
        return {}
    return options
