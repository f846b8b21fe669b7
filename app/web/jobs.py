"""The pages of work that people started."""

from urllib.parse import urlsplit
from uuid import UUID

from flask import render_template, request
from werkzeug.wrappers import Response

from app.core.ids import parse_id
from app.domain.bulk import undoing
from app.domain.bulk.actions import KIND as BULK
from app.domain.jobs import actions, queries
from app.records.labels import titles_of
from app.ui import downloads
from app.ui.http import own_path, see_other, toast
from app.ui.jobs import Refused, problems_of, view
from app.ui.say import gettext as _
from app.ui.standing.words import formats
from app.web.doors import actor, workspace

SHOWN_ROWS = 100
# Jobs whose rows are records and no lines of a file.
ABOUT_RECORDS = (BULK, undoing.KIND)


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


@workspace.get("/jobs/<uuid:job_id>/toast")
def job_toast(job_id: UUID) -> str:
    """The same in the few words of a message at the edge of the page."""
    back = urlsplit(request.referrer or "")
    address = f"{back.path}?{back.query}" if back.query else back.path
    return render_template("web/jobs/_toast.html", back=own_path(address, ""), **_told(job_id))


@workspace.get("/jobs/<uuid:job_id>/problems.csv")
def job_problems(job_id: UUID) -> Response:
    """The records that the job left alone, with the reasons."""
    return downloads.left_alone(actor(), queries.one(actor(), job_id))


@workspace.post("/jobs/<uuid:job_id>/cancellation")
def cancel_job(job_id: UUID) -> Response:
    """Ask the job to stop."""
    stopped = actions.cancel(actor(), job_id)
    if stopped.is_over:
        toast(_("Stopped") if stopped.state == "cancelled" else _("It was over already"))
    else:
        toast(_("Stops in a moment; what is done stays"))
    return see_other(f"/jobs/{job_id}")


@workspace.post("/jobs/<uuid:job_id>/attempts")
def retry_job(job_id: UUID) -> Response:
    """Let the job go on from where it stopped."""
    actions.retry(actor(), job_id)
    return see_other(f"/jobs/{job_id}")


@workspace.post("/jobs/<uuid:job_id>/reversal")
def reverse_job(job_id: UUID) -> Response:
    """Take back what the job did to records."""
    undo = undoing.ask(actor(), job_id)
    back = own_path(request.form.get("next"), "") if request.form.get("next") else ""
    if back:
        toast(view(undo, formats()).title, job_id=undo.id)
    return see_other(back or f"/jobs/{undo.id}")


def _told(job_id: UUID) -> dict[str, object]:
    found = queries.one(actor(), job_id)
    rows = queries.rows(actor(), job_id, ("failed", "skipped"), limit=SHOWN_ROWS) if found.is_over else []
    write = formats()
    ids = {row.record_id for row in rows if row.record_id} if found.kind in ABOUT_RECORDS else set()
    titles = titles_of(actor(), found.object, ids)
    refused = [
        Refused(
            write.number(row.row_number),
            problems_of(row),
            titles.get(row.record_id, "") if row.record_id else "",
            f"/{found.object}/{row.record_id}",
        )
        for row in rows
        if row.problems
    ]
    may_reverse = undoing.may_ask(actor(), found)
    undone_by = undoing.undone_by(job_id) if may_reverse else None
    return {
        "job": view(found, write),
        "refused": refused,
        "formats": write,
        "may_reverse": may_reverse and undone_by is None,
        "undone_by": undone_by,
        "may_go_on": found.state in actions.ENDED_EARLY and not queries.is_superseded(found),
    }
