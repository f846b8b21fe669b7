"""What follows from a change of the model."""

from typing import Any

from app.domain.modelling import actions, numbering
from workers.registry import job


@job(actions.INDEX_JOB)
def index(payload: dict[str, Any]) -> None:
    """A field has, or has no longer, to be found or sorted by fast."""
    actions.index(payload["object"], payload["field"], payload.get("gone"))


@job(numbering.JOB)
def number(payload: dict[str, Any]) -> None:
    """Records wait for a number."""
    numbering.advance(payload["object"], payload["field"])
