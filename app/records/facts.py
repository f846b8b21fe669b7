"""The log of facts: writing it. What happened is written once, in the transaction of the change."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import FromClause, Insert

from app.core import signals
from app.core.actor import Actor
from app.core.statements import inserting
from app.records import fact_rows, together
from app.records import journal as bulk
from app.records.fact_rows import Changes, Told
from app.records.reader import WORKED_OUT, Happened, Reader
from app.records.tables import Fact
from app.records.timeline import Entry, FieldChange, Thread, timeline
from app.records.together import Part
from app.records.types import Change

_KITH = Actor(kind="system", id=None, name="Kith", door="clock", permissions=frozenset())


def record(
    actor: Actor,
    verb: str,
    object_name: str | None,
    record_id: UUID | None,
    title: str = "",
    *,
    changes: Changes | None = None,
    about: Sequence[UUID] = (),
    data: Mapping[str, Any] | None = None,
    job_id: UUID | None = None,
    keeps_history: bool = False,
) -> UUID:
    """Write one fact and return its id.

    `changes` is {field: [before, after]}; `about` names every record whose timeline shows it;
    `data` is whatever else the verb means, as JSON.
    """
    one = Told(
        actor,
        verb,
        object_name,
        record_id,
        title,
        about=about,
        data=data or {},
        changes=changes,
        job_id=job_id,
        keeps_history=keeps_history,
    )
    record_each([one])
    return one.id


def recording(
    actor: Actor,
    verb: str,
    object_name: str,
    record_id: UUID,
    title: str,
    *,
    data: Mapping[str, Any],
    once_for: FromClause,
) -> Insert:
    """What `record` does, as a part of another statement: one fact for each row of `once_for`."""
    one = Told(actor, verb, object_name, record_id, title, data=data)
    signals.announce()
    return inserting(Fact, one.row, once_for)


def record_each(told: Sequence[Told]) -> None:
    """Write many facts in one statement."""
    write(joining(told))


def joining(told: Sequence[Told]) -> list[Part]:
    """What `record_each` does, as parts of another statement."""
    if told:
        signals.announce()
    return fact_rows.parts(told)


def record_many(
    actor: Actor,
    verb: str,
    object_name: str,
    title: str,
    rows: Sequence[tuple[Change, str, int, Sequence[UUID]]],
    *,
    job_id: UUID | None = None,
) -> None:
    """Write one fact for many changes, each with its title, version and whom it concerns.

    Where their texts are too long for one journal, it is as many facts as it takes.
    """
    write(*joining_many(actor, verb, object_name, title, rows, job_id=job_id))


def joining_many(
    actor: Actor,
    verb: str,
    object_name: str,
    title: str,
    rows: Sequence[tuple[Change, str, int, Sequence[UUID]]],
    *,
    job_id: UUID | None = None,
) -> Iterator[list[Part]]:
    """What `record_many` does, as parts of as many other statements as it takes."""
    signals.announce()
    for lines, journal in bulk.pack([bulk.row(*row) for row in rows]):
        about = dict.fromkeys(each for line in lines for each in (line["id"], *line["about"]))
        fields = dict.fromkeys(name for line in lines for name in line["changes"])
        one = Told(
            actor,
            verb,
            object_name,
            None,
            title,
            about=list(about),
            fields=list(fields),
            rows_count=len(lines),
            job_id=job_id,
        )
        yield fact_rows.parts([one], journal)


def worked_out(object_name: str, ids: Sequence[UUID]) -> None:
    """Tell whoever looks at these records that Kith worked something of them out anew.

    It is nobody's edit, so the fact is about no record: no history shows it, and nothing is undone by it.
    """
    data = {"records": [str(each) for each in ids]}
    record_each([Told(_KITH, WORKED_OUT, object_name, None, data=data, rows_count=len(ids))])


def write(*facts: Sequence[Part]) -> None:
    """Write facts that were to join another statement, each in one of its own."""
    for parts in facts:
        if parts:
            *beside, main = parts
            together.run(main, beside)


__all__ = [
    "Entry",
    "FieldChange",
    "Happened",
    "Reader",
    "Thread",
    "Told",
    "joining",
    "joining_many",
    "record",
    "record_each",
    "record_many",
    "recording",
    "timeline",
    "worked_out",
    "write",
]
