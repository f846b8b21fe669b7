"""Reading mailboxes, one slice after the other, and sending from them."""

from typing import Any
from uuid import UUID

from app.domain.mailboxes import delivering, syncing
from workers.registry import job


@job(syncing.JOB)
def sync(payload: dict[str, Any]) -> None:
    """Read some more of a mailbox; what follows is staged with it."""
    syncing.advance(UUID(payload["mailbox_id"]))


def _given_up(payload: dict[str, Any], _: Exception) -> None:
    delivering.give_up(UUID(payload["message_id"]))


@job(delivering.SEND_JOB, attempts=12, given_up=_given_up)
def send(payload: dict[str, Any]) -> None:
    """Hand one mail to its member's server."""
    delivering.deliver(UUID(payload["message_id"]))


@job(delivering.FILE_JOB)
def file_copy(payload: dict[str, Any]) -> None:
    """Keep a copy of a sent mail where the member looks for it."""
    delivering.file_copy(UUID(payload["message_id"]))
