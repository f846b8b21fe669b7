"""Links into portals are mailed here, so that asking for one takes as long for everybody."""

from typing import Any

from app.domain.portal.entering import JOB, send_link
from workers.registry import job


@job(JOB)
def mail_link(payload: dict[str, Any]) -> None:
    """Mail a link to who is known by the address."""
    send_link(payload)
