"""Bringing a table in: choose a file, see what would happen, start; and the rows that were refused."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from flask import make_response, render_template, request
from werkzeug.wrappers import Response

from app.core.errors import Invalid
from app.core.ids import parse_id
from app.domain.duplicates.objects import is_compared
from app.domain.imports import actions, queries
from app.domain.imports.choosing import rekeyed, retargeted
from app.domain.imports.rules.limits import DELIMITERS, ENCODINGS, FILE_BYTES
from app.domain.imports.rules.plan import Column, Plan, plan_from_json
from app.domain.imports.samples import sample_rows
from app.domain.jobs.models import Job
from app.records import registry
from app.ui import cookies, downloads
from app.ui import imports as words
from app.ui import jobs as job_words
from app.ui.errors import say
from app.ui.http import see_other, toast
from app.ui.say import gettext
from app.ui.say import gettext as _
from app.ui.standing.parts import Act
from app.ui.standing.words import formats
from app.web.doors import actor, tenant, workspace

_FORM_ROOM = 1024 * 1024
_UPLOAD = "workspace.upload_import"


@workspace.url_value_preprocessor
def _allow_large_files(endpoint: str | None, _values: dict[str, object] | None) -> None:
    """An import's file may be larger than other forms; said before anything reads the form.

    The form is read before the guard asks who comes, so only a browser that holds a session of this very
    workspace (its cookie begins with the workspace's opaque id) may send so much.
    """
    if endpoint == _UPLOAD and cookies.read("session").startswith(f"{tenant().id.hex}."):
        request.max_content_length = FILE_BYTES + _FORM_ROOM


@workspace.get("/imports")
def list_imports() -> str:
    """What was imported here, the newest first, and what is being prepared."""
    write = formats()
    page = queries.page(actor(), before=parse_id(request.args.get("before", "")))
    shown = [(job, job_words.view(job, write)) for job in page.jobs]
    return render_template(
        "web/imports/list.html",
        imports=shown,
        next=page.next,
        formats=write,
        objects=_objects(),
        first_act=Act(_("Import a file"), "/imports/new", "upload"),
    )


@workspace.get("/imports/new")
def new_import() -> str:
    """Choose what the table holds, and the file."""
    return _new_page(request.args.get("object", "contacts"))


@workspace.post("/imports")
def upload_import() -> Response:
    """Take the file; the next page shows how it was understood."""
    chosen, file = request.form.get("object", ""), request.files.get("file")
    if file is None or not file.filename:
        return make_response(_new_page(chosen, _("Choose a file first.")), 422)
    try:
        job = actions.upload(actor(), chosen, file.filename, file.stream, doubtful="review")
    except Invalid as refused:
        return make_response(_new_page(chosen, " ".join(map(say, refused.problems))), 422)
    finally:
        file.close()
    return see_other(f"/imports/{job.id}")


@workspace.get("/imports/<uuid:job_id>")
def show_import(job_id: UUID) -> str | Response:
    """The preview of a draft; what was started has its page among the jobs."""
    job = queries.one(actor(), job_id)
    return _preview(job) if job.state == "draft" else see_other(f"/jobs/{job_id}")


@workspace.get("/imports/<uuid:job_id>/check")
def check_import(job_id: UUID) -> str:
    """What the import would do; asked for again until it is known."""
    job = queries.one(actor(), job_id)
    plan = queries.plan_of(job)
    return render_template("web/imports/_check.html", job=job, check=words.check_view(job, plan, formats()))


@workspace.post("/imports/<uuid:job_id>/reading")
def read_import_anew(job_id: UUID) -> Response:
    """Another encoding, another delimiter, names in the first row or not."""
    form = request.form
    try:
        actions.read_anew(
            actor(),
            job_id,
            encoding=_known(form.get("encoding"), ENCODINGS),
            delimiter=_known(form.get("delimiter"), DELIMITERS),
            header="header" in form,
        )
    except Invalid as refused:
        toast(" ".join(map(say, refused.problems)), broken=True)
    return see_other(f"/imports/{job_id}")


@workspace.post("/imports/<uuid:job_id>/plan")
def replan_import(job_id: UUID) -> Response:
    """Where columns go and how rows are matched; `start` in the form starts it at once."""
    present = queries.plan_of(queries.one(actor(), job_id))
    try:
        actions.replan(actor(), job_id, _plan_from_form(present))
        if "start" in request.form:
            actions.start(actor(), job_id)
            return see_other(f"/jobs/{job_id}")
    except Invalid as refused:
        toast(" ".join(map(say, refused.problems)), broken=True)
    return see_other(f"/imports/{job_id}")


@workspace.post("/imports/<uuid:job_id>/removal")
def discard_import(job_id: UUID) -> Response:
    """Forget a draft and its file."""
    actions.discard(actor(), job_id)
    toast(_("The file is forgotten; nothing was imported."))
    return see_other("/imports")


@workspace.get("/imports/<uuid:job_id>/errors.csv")
def import_errors(job_id: UUID) -> Response:
    """The refused rows with their reasons, to mend and bring again."""
    return downloads.refused_rows(actor(), queries.one(actor(), job_id))


@workspace.get("/imports/samples/<name>.csv")
def import_sample(name: str) -> Response:
    """A small file that shows what a table of this object may hold."""
    return downloads.download(downloads.csv_lines(sample_rows(name)), f"kith-{name}.csv")


def _objects() -> list[tuple[str, str]]:
    return [(described.name, gettext(described.plural)) for described in queries.objects(actor())]


def _new_page(chosen: str, error: str | None = None) -> str:
    return render_template("web/imports/new.html", objects=_objects(), chosen=chosen, error=error)


def _preview(job: Job) -> str:
    plan, write = queries.plan_of(job), formats()
    return render_template(
        "web/imports/preview.html",
        job=job,
        plan=plan,
        object_label=gettext(dict(_objects()).get(plan.object, plan.object)),
        columns=words.column_views(job, plan),
        groups=words.target_groups(plan.object),
        matches=words.match_options(plan.object),
        modes=_choices(words.MODES),
        doubtful=_choices(words.DOUBTFUL) if is_compared(registry.get(plan.object)) else [],
        check=words.check_view(job, plan, write),
        rows_told=words.rows_told(job, write),
        encodings=list(ENCODINGS.items()),
        delimiters=[(value, gettext(label)) for value, label in DELIMITERS.items()],
        repeated=job.params["seen"]["repeated"],
        recalled=job.params["recalled"],
    )


def _plan_from_form(present: Plan) -> Plan:
    """The plan with what the form says; what the form does not show stays."""
    form = request.form
    columns = [
        _column_from_form(present.object, place, column) for place, column in enumerate(present.columns)
    ]
    told = replace(present, columns=tuple(columns)).as_json()
    told |= {key: form[key] for key in ("mode", "match", "doubtful", "clear_word") if key in form}
    return plan_from_json({**told, "is_quiet": "loud" not in form})


def _column_from_form(object_name: str, place: int, column: Column) -> Column:
    form = request.form
    target = form.get(f"target-{place}", column.target)
    if target != column.target:
        return retargeted(object_name, column, target)
    told = {
        key: form[f"{key}-{place}"] for key in ("by", "system", "order", "point") if f"{key}-{place}" in form
    }
    if f"can_create-{place}" in form:
        told["create"] = f"create-{place}" in form  # type: ignore[assignment]
    if "order" in told and told["order"] != column.order:
        told["order_certain"] = True  # type: ignore[assignment]
    return rekeyed(object_name, replace(column, **told))  # type: ignore[arg-type]


def _choices(known: Sequence[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    return [(value, gettext(label), gettext(more)) for value, label, more in known]


def _known(value: str | None, choices: dict[str, str]) -> str | None:
    return value if value in choices else None
