"""Facts as rows of the log: what `facts` and the pipeline write, many in one statement."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from app.core.actor import Actor
from app.core.clock import now
from app.core.ids import new_id
from app.records.plain import dumps
from app.records.together import WHEN, Part

Changes = Mapping[str, Sequence[Any]]

_COLUMNS = (
    "id, at, actor_kind, actor_id, actor_name, door, verb, object, record_id, title, fields, about, data,"
    " rows_count, job_id, request_id"
)
_FACTS = (
    f"INSERT INTO facts ({_COLUMNS}) SELECT {_COLUMNS}"  # noqa: S608 - the columns are our own
    f" FROM json_populate_recordset(NULL::facts, CAST(:facts AS json)){WHEN}"
)
_VALUES = (
    "INSERT INTO fact_values (id, fact_id, object, record_id, changes, journal, keeps_history)"  # noqa: S608
    " SELECT id, fact_id, object, record_id, changes, CAST(:journal AS bytea), keeps_history"
    f" FROM json_populate_recordset(NULL::fact_values, CAST(:fact_values AS json)){WHEN}"
)


@dataclass(frozen=True)
class Told:
    """One fact; `at` is when it happened.

    `changes` is {field: [before, after]}, else `fields` names what changed; `about` names every record whose
    timeline shows it, beside the one that it is of; `data` is whatever else the verb means, as JSON.
    """

    actor: Actor
    verb: str
    object: str | None
    record_id: UUID | None
    title: str = ""
    at: datetime = field(default_factory=now)
    about: Sequence[UUID] = ()
    data: Mapping[str, Any] = field(default_factory=dict)
    changes: Changes | None = None
    fields: Sequence[str] = ()
    job_id: UUID | None = None
    keeps_history: bool = False
    rows_count: int = 1
    id: UUID = field(default_factory=new_id)

    @property
    def row(self) -> dict[str, Any]:
        """The columns of `facts`."""
        actor, own = self.actor, (self.record_id,) if self.record_id else ()
        return {
            "id": self.id,
            "at": self.at,
            "actor_kind": actor.kind,
            "actor_id": actor.id,
            "actor_name": actor.name,
            "door": actor.door,
            "verb": self.verb,
            "object": self.object,
            "record_id": self.record_id,
            "title": self.title,
            "fields": list(self.changes or self.fields),
            "about": list(dict.fromkeys((*own, *self.about))),
            "data": self.data,
            "rows_count": self.rows_count,
            "job_id": self.job_id,
            "request_id": actor.request_id,
        }

    @property
    def values(self) -> dict[str, Any]:
        """The columns of `fact_values`."""
        return {
            "id": new_id(),
            "fact_id": self.id,
            "object": self.object or "",
            "record_id": self.record_id,
            "changes": self.changes or None,
            "keeps_history": self.keeps_history,
        }


def parts(told: Sequence[Told], journal: bytes | None = None) -> list[Part]:
    """What writes these facts and their values; a `journal` belongs to the one fact that is told."""
    if not told:
        return []
    written = [Part(_FACTS, {"facts": dumps([one.row for one in told])})]
    valued = [one.values for one in told if journal or one.changes]
    if valued:
        written.append(Part(_VALUES, {"fact_values": dumps(valued), "journal": journal}))
    return written
