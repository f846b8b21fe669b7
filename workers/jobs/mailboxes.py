"""Reading mailboxes, one slice after the other."""

from typing import Any
from uuid import UUID

from app.domain.mailboxes import syncing
from workers.registry import job


@job(syncing.JOB)
def sync(payload: dict[str, Any]) -> None:
    """Read some more of a mailbox; what follows is staged with it."""
    syncing.advance(UUID(payload["mailbox_id"]))
