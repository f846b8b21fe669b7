"""Long work ends with a word to whom it belongs: who started it need not watch."""

from datetime import timedelta

from app.core.text import N_
from app.domain.jobs.models import Job
from app.domain.notices.actions import tell
from app.domain.notices.kinds import Kind, register

# Shorter work ends before its page is left; after a minute nobody looks any more.
WORTH_A_NOTICE = timedelta(seconds=10)
WORTH_A_MAIL = timedelta(seconds=60)

DONE = register(
    Kind(
        "job_done",
        N_("%(title)s is done"),
        N_("%(created)s created, %(updated)s updated, %(skipped)s skipped, %(failed)s refused."),
    )
)
WAITS = register(
    Kind(
        "job_waits",
        N_("%(title)s waits for you"),
        N_(
            "Rows that look like records which are there: %(review)s. Created %(created)s,"
            " updated %(updated)s, skipped %(skipped)s, refused %(failed)s."
        ),
        state="risk",
    )
)
FAILED = register(
    Kind(
        "job_failed",
        N_("%(title)s stopped"),
        N_("It did not come to its end. Its page says why and offers to go on."),
        state="broken",
    )
)


def tell_end(job: Job) -> None:
    """Tell who started the job that it is over, once for each try; nobody where it was short and well.

    Where rows wait for a decision, that is told however short it was.
    """
    if job.started_by is None or job.started_at is None or job.finished_at is None:
        return
    lasted, failed = job.finished_at - job.started_at, job.state == "failed"
    review = 0 if failed else job.result.get("states", {}).get("review", 0)
    if not failed and not review and lasted < WORTH_A_NOTICE:
        return
    kind = FAILED if failed else WAITS if review else DONE
    tell(
        job.started_by,
        f"job:{job.id}:{job.finished_at.isoformat()}",
        kind.name,
        "jobs",
        job.id,
        {
            "title": job.title or job.kind,
            "created": job.created_count,
            "updated": job.updated_count,
            "skipped": job.skipped_count,
            "failed": job.failed_count,
            "review": review,
        },
        mail=failed or lasted >= WORTH_A_MAIL,
    )
