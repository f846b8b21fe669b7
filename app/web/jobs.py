"""The pages of work that people started."""

from uuid import UUID

from flask import render_template, request
from werkzeug.wrappers import Response

from app.core.ids import parse_id
from app.domain.bulk import undoing
from app.domain.jobs import actions, queries
from app.ui.http import see_other, toast
from app.ui.jobs import problems_of, view
from app.ui.say import gettext as _
from app.ui.standing.words import formats
from app.web.doors import actor, workspace

SHOWN_ROWS = 100


@workspace.get("/jobs")
def jobs() -> str:
    """Everything this person started, and for admins what anybody did."""
    page = queries.page(actor(), before=parse_id(request.args.get("before", "")))
    write = formats()
    shown = [view(job, write) for job in page.jobs]
    return render_template("web/jobs/list.html", jobs=shown, next=page.next, formats=write)


@workspace.get("/jobs/<uuid:job_id>")
def job(job_id: UUID) -> str:
    """One job, kept current while it runs."""
    return render_template("web/jobs/page.html", **_told(job_id))


@workspace.get("/jobs/<uuid:job_id>/progress")
def job_progress(job_id: UUID) -> str:
    """The part of the page that changes while the job runs."""
    return render_template("web/jobs/_progress.html", **_told(job_id))


@workspace.post("/jobs/<uuid:job_id>/cancellation")
def cancel_job(job_id: UUID) -> Response:
    """Ask the job to stop."""
    stopped = actions.cancel(actor(), job_id)
    toast(_("Stopped") if stopped.is_over else _("Stops in a moment; what is done stays"))
    return see_other(f"/jobs/{job_id}")


@workspace.post("/jobs/<uuid:job_id>/attempts")
def retry_job(job_id: UUID) -> Response:
    """Let the job go on from where it stopped."""
    actions.retry(actor(), job_id)
    return see_other(f"/jobs/{job_id}")


@workspace.post("/jobs/<uuid:job_id>/reversal")
def reverse_job(job_id: UUID) -> Response:
    """Take back what the job did to records."""
    return see_other(f"/jobs/{undoing.ask(actor(), job_id).id}")


def _told(job_id: UUID) -> dict[str, object]:
    found = queries.one(actor(), job_id)
    rows = queries.rows(actor(), job_id, ("failed", "skipped"), limit=SHOWN_ROWS) if found.is_over else []
    write = formats()
    refused = [(write.number(row.row_number), problems_of(row)) for row in rows if row.problems]
    may_reverse = undoing.may_ask(actor(), found)
    undone_by = undoing.undone_by(job_id) if may_reverse else None
    return {
        "job": view(found, write),
        "refused": refused,
        "formats": write,
        "may_reverse": may_reverse and undone_by is None,
        "undone_by": undone_by,
    }
