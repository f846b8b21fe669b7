"""Why a job was given up, in a sentence for who started it: what is the matter, and what can be done."""

from typing import Any, NamedTuple

from app.core.errors import Invalid, KithError, LimitReached, NotAllowed, NotFound, Problem
from app.core.text import N_
from app.domain.jobs.models import Job
from app.domain.jobs.slices import BROKE_OFF
from app.records import registry

NOT_ALLOWED = N_("This stopped because whoever started it may no longer do it.")
OBJECT_GONE = N_(
    "This stopped because the object “%(object)s” was hidden or removed meanwhile. An administrator can show"
    " it again under Settings, Objects and fields; then try again."
)
FIELD_GONE = N_(
    "This stopped because the field “%(field)s” was hidden or removed meanwhile. An administrator can show it"
    " again under Settings, Objects and fields; then try again. Or start anew without it."
)
# What is said of a field that is not there, or that lists are not sorted by any more.
_OF_FIELDS = frozenset({"unknown_field", "not_sortable"})


class Reason(NamedTuple):
    """A sentence: an English msgid, and what fills its placeholders."""

    message: str
    data: dict[str, Any]


def why(job: Job, error: Exception) -> Reason:
    """What to tell about the error that ended the job."""
    if isinstance(error, NotAllowed):
        return Reason(NOT_ALLOWED, {})
    if isinstance(error, NotFound):
        return _not_found(str(error) or job.object or "", is_named=bool(str(error)))
    if isinstance(error, Invalid):
        return _invalid(job, error.problems[0])
    if isinstance(error, LimitReached):
        return Reason(str(error), error.data)
    return Reason(str(error) if isinstance(error, KithError) and str(error) else BROKE_OFF, {})


def _not_found(name: str, *, is_named: bool) -> Reason:
    """An object that is there is out of sight for the actor alone."""
    if name and registry.find(name) is None:
        return Reason(OBJECT_GONE, {"object": name})
    return Reason(NOT_ALLOWED if is_named else BROKE_OFF, {})


def _invalid(job: Job, problem: Problem) -> Reason:
    if problem.code not in _OF_FIELDS:
        return Reason(problem.message, problem.data)
    name = str(problem.data.get("name", problem.path))
    return Reason(FIELD_GONE, {"field": _called(job.object or "", name)})


def _called(object_name: str, name: str) -> str:
    """What the field is called where it is only hidden, else its name."""
    with registry.with_hidden():
        described = registry.find(object_name)
        field = described.by_name.get(name) if described else None
        return str(field.label) if field else name
