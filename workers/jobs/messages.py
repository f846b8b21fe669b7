"""Mail that came to a reply address is read here, never inside a request."""

from typing import Any

from app.domain.messages import arriving
from workers.registry import job


@job(arriving.JOB)
def arrive(payload: dict[str, Any]) -> None:
    """Read one mail and put it where it belongs."""
    arriving.arrive(payload["token"], payload["key"])
