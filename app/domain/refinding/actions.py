"""Having the search brought up to date, once for each object however often its fields change meanwhile."""

from uuid import UUID

from sqlalchemy import update

from app.core.actor import Actor
from app.core.clock import now
from app.core.permissions import EVERYTHING
from app.core.text import N_
from app.domain.jobs import actions as jobs
from app.domain.jobs.models import OVER, Job
from app.records import registry
from tenants.session import session

KIND = "records.find"
TITLE = N_("Bring the search up to date")
_KITH = Actor("system", None, "Kith", "clock", EVERYTHING)


def ask(object_name: str, member_id: UUID | None) -> Job | None:
    """A job of that member that enters the object's records anew; None where there is no such object.

    One that is at it already stops: it began with fields that are others by now.
    """
    if registry.find(object_name) is None:
        return None
    earlier = (Job.kind == KIND, Job.object == object_name, Job.state.not_in(OVER))
    session.execute(
        update(Job).where(*earlier).values(cancel_requested_at=now()),
        execution_options={"synchronize_session": False},
    )
    job = jobs.draft(_KITH, KIND, TITLE, object=object_name)
    job.started_by = member_id
    return jobs.begin(job)
