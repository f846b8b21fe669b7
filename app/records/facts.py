"""The log of facts: writing it. What happened is written once, in the transaction of the change."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import FromClause, Insert, insert, literal, select, text

from app.core import signals
from app.core.actor import Actor
from app.core.clock import now
from app.core.ids import new_id
from app.records import journal as bulk
from app.records.plain import dumps
from app.records.reader import Happened, Reader
from app.records.tables import Fact, table_of
from app.records.timeline import Entry, FieldChange, Thread, timeline
from app.records.types import Change
from tenants.session import session

Changes = Mapping[str, Sequence[Any]]

_FACT = text(
    "INSERT INTO facts (id, at, actor_kind, actor_id, actor_name, door, verb, object, record_id, title,"
    " fields, about, data, rows_count, job_id, request_id)"
    " VALUES (:id, :at, :actor_kind, :actor_id, :actor_name, :door, :verb, :object, :record_id, :title,"
    " CAST(:fields AS text[]), CAST(:about AS uuid[]), CAST(:data AS jsonb),"
    " :rows_count, :job_id, :request_id)"
)

# A fact and its values in one round trip.
_BOTH = text(
    f"WITH fact AS ({_FACT.text}) "  # noqa: S608 - both parts are our own
    "INSERT INTO fact_values (id, fact_id, object, record_id, changes, journal, keeps_history)"
    " VALUES (:values_id, :id, coalesce(:object, ''), :record_id, CAST(:changes AS jsonb), :journal,"
    " :keeps_history)"
)


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
    fact_id = new_id()
    concerned = list(dict.fromkeys([*([record_id] if record_id else []), *about]))
    what = {
        "verb": verb,
        "object": object_name,
        "record_id": record_id,
        "title": title,
        "fields": list(changes or ()),
        "about": concerned,
        "data": dumps(data or {}),
        "rows_count": 1,
        "job_id": job_id,
    }
    _write(actor, fact_id, what, _values(changes=changes, keeps_history=keeps_history) if changes else None)
    return fact_id


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
    what = {
        "verb": verb,
        "object": object_name,
        "record_id": record_id,
        "title": title,
        "about": [record_id],
        "data": dict(data),
    }
    row = _row(actor, new_id(), now(), what)
    columns = table_of(Fact).c
    values = [literal(value, columns[name].type) for name, value in row.items()]
    signals.announce()
    return insert(Fact).from_select(list(row), select(*values).select_from(once_for), include_defaults=False)


@dataclass(frozen=True)
class Told:
    """One fact of many: the fields are the arguments of `record`; `at` is when it happened."""

    actor: Actor
    verb: str
    object: str
    record_id: UUID
    title: str
    at: datetime
    about: Sequence[UUID] = ()
    data: Mapping[str, Any] = field(default_factory=dict)


def record_each(told: Sequence[Told]) -> None:
    """Write many facts that happened at times of their own, such as mails found later, in one statement."""
    rows = [_row(one.actor, new_id(), one.at, _told(one)) for one in told]
    if rows:
        session.execute(_FACT, rows)
        signals.announce()


def _told(one: Told) -> Mapping[str, Any]:
    return {
        "verb": one.verb,
        "object": one.object,
        "record_id": one.record_id,
        "title": one.title,
        "fields": [],
        "about": list(dict.fromkeys((one.record_id, *one.about))),
        "data": dumps(one.data),
        "rows_count": 1,
        "job_id": None,
    }


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
    for lines, journal in bulk.pack([bulk.row(*row) for row in rows]):
        fact_id = new_id()
        about = dict.fromkeys(each for line in lines for each in (line["id"], *line["about"]))
        fields = dict.fromkeys(name for line in lines for name in line["changes"])
        what = {
            "verb": verb,
            "object": object_name,
            "record_id": None,
            "title": title,
            "fields": list(fields),
            "about": list(about),
            "data": "{}",
            "rows_count": len(lines),
            "job_id": job_id,
        }
        _write(actor, fact_id, what, _values(journal=journal))


def _write(
    actor: Actor, fact_id: UUID, what: Mapping[str, Any], values: Mapping[str, Any] | None = None
) -> None:
    row = _row(actor, fact_id, now(), what)
    if values:
        session.execute(_BOTH, {**row, **values})
    else:
        session.execute(_FACT, row)
    signals.announce()


def _row(actor: Actor, fact_id: UUID, at: datetime, what: Mapping[str, Any]) -> dict[str, Any]:
    who = {
        "actor_kind": actor.kind,
        "actor_id": actor.id,
        "actor_name": actor.name,
        "door": actor.door,
        "request_id": actor.request_id,
    }
    return {"id": fact_id, "at": at, **who, **what}


def _values(
    *, changes: Changes | None = None, journal: bytes | None = None, keeps_history: bool = False
) -> Mapping[str, Any]:
    return {
        "values_id": new_id(),
        "changes": dumps(dict(changes)) if changes else None,
        "journal": journal,
        "keeps_history": keeps_history,
    }


__all__ = [
    "Entry",
    "FieldChange",
    "Happened",
    "Reader",
    "Thread",
    "Told",
    "record",
    "record_each",
    "record_many",
    "recording",
    "timeline",
]
