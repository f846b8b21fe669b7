"""What an operator does about a job that was given up."""

from uuid import UUID

from werkzeug.wrappers import Response

from app.domain.operators import jobs
from app.ui.http import see_other, toast
from app.ui.say import gettext as _
from app.web.operator.doors import by, operator


@operator.post("/cells/<place>/dead/<uuid:job_id>/attempts")
def retry_dead_job(place: str, job_id: UUID) -> Response:
    """Try it once more."""
    toast(_("%(job)s is tried once more.", job=jobs.try_again(place, job_id, by())))
    return see_other("/operator#dead")


@operator.post("/cells/<place>/dead/<uuid:job_id>/removal")
def drop_dead_job(place: str, job_id: UUID) -> Response:
    """Drop it."""
    toast(_("%(job)s is dropped.", job=jobs.drop(place, job_id, by())))
    return see_other("/operator#dead")
