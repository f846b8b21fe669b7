"""Which conversations a member with limits sees: about what is seen, and those that are the member's."""

from typing import Any

from sqlalchemy import ColumnElement, or_

from app.core.actor import Actor
from app.domain.messages.models import Thread
from app.records import fences, scope
from app.records.rights import readable


def condition(actor: Actor, threads: Any = Thread) -> ColumnElement[bool] | None:
    """The condition that rows of `threads` are for a member; None: all are."""
    if fences.sees_all(actor):
        return None
    theirs = scope.among(actor, readable(actor), threads.object, threads.record_id)
    return None if theirs is None else or_(threads.owner_id == actor.id, theirs)


def _fence(actor: Actor) -> str:
    if fences.sees_all(actor):
        return ""
    theirs = fences.of_entries(actor, "object", "record_id")
    return f"(owner_id = CAST('{actor.id}' AS uuid) OR {theirs})" if actor.id else theirs


fences.register("threads", _fence)
