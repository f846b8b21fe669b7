"""The daily upkeep of each workspace, a timer that winds itself."""

from datetime import timedelta
from typing import Any

from app.core.queue import Again
from app.domain.duplicates import forgetting, searching
from app.domain.imports import retention
from app.domain.purging import actions as purging
from app.domain.purging import expiring
from app.domain.recounts import working
from app.domain.upkeep.actions import JOB, clear
from workers.registry import job

DAY = timedelta(days=1)


@job(JOB, attempts=20)
def upkeep(payload: dict[str, Any]) -> Again:  # noqa: ARG001 - it says nothing
    """Clear a portion; soon again where more is left, else tomorrow."""
    more = [clear(), retention.clear(), forgetting.clear(), purging.clear(), expiring.clear()]
    if any(more):
        return Again()
    searching.nightly()
    working.nightly()
    return Again(DAY)
