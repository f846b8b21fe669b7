"""Which conversations a member with limits sees: about what is seen, and those that are the member's."""

from typing import Any

from sqlalchemy import ColumnElement, literal_column, or_

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


class _Columns:
    """The columns as a fence names them."""

    object: ColumnElement[Any] = literal_column("object")
    record_id: ColumnElement[Any] = literal_column("record_id")
    owner_id: ColumnElement[Any] = literal_column("owner_id", Thread.owner_id.type)


def _fence(actor: Actor) -> str:
    found = condition(actor, _Columns)
    return "" if found is None else fences.sql(found)


fences.register("threads", _fence)
