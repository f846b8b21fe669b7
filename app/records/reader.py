"""Reading the log onwards: every fact once, also of transactions that commit late."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from app.core import paging
from app.core.errors import Invalid
from app.core.text import N_
from tenants.context import current
from tenants.session import session

EXPIRED = N_("This mark comes from before a move or a restore. Read everything again from the start.")
MOST = 1_000
# The verb of facts that tell which records Kith worked out anew.
WORKED_OUT = "worked_out"
# Before every transaction there ever was.
BEGINNING = "3:3:"

# Facts that the snapshot `upto` sees and `since` did not, in one fixed order. What commits later is in
# none of the two and comes with a later snapshot, however early its transaction began.
_NEW = text(
    "SELECT id, at, xid::text AS xid, actor_kind, actor_id, actor_name, door, verb, object, record_id, title,"
    " fields, about, data, rows_count, job_id FROM facts"
    " WHERE xid >= pg_snapshot_xmin(CAST(:since AS pg_snapshot))"
    " AND xid < pg_snapshot_xmax(CAST(:upto AS pg_snapshot))"
    " AND NOT pg_visible_in_snapshot(xid, CAST(:since AS pg_snapshot))"
    " AND pg_visible_in_snapshot(xid, CAST(:upto AS pg_snapshot))"
    " AND (xid, id) > (CAST(:xid AS xid8), CAST(:id AS uuid))"
    " ORDER BY xid, id LIMIT :limit"
)
_NOW = text("SELECT pg_current_snapshot()::text")
_FIRST_ID = "00000000-0000-0000-0000-000000000000"


@dataclass(frozen=True)
class Happened:
    """A fact as readers see it: what and whom it concerns, without the values."""

    id: UUID
    at: datetime
    actor_kind: str
    actor_id: UUID | None
    actor_name: str
    door: str
    verb: str
    object: str | None
    record_id: UUID | None
    title: str
    fields: Sequence[str]
    about: Sequence[UUID]
    data: Mapping[str, Any]
    rows_count: int
    job_id: UUID | None

    @property
    def worked_out(self) -> list[UUID]:
        """The records that Kith worked out anew, where that is what happened."""
        return [UUID(each) for each in self.data["records"]] if self.verb == WORKED_OUT else []


@dataclass(frozen=True)
class _Place:
    """Everything up to snapshot `since` is read; of what `upto` sees beyond it, all until (xid, id)."""

    since: str
    upto: str | None = None
    xid: str = "0"
    id: str = _FIRST_ID


class Reader:
    """Reads the current tenant's log from a cursor onwards.

    The cursor holds the tenant's epoch, the snapshot that is read and the position beyond it. It is opaque
    and lasts until the tenant moves or is restored; then reading raises Invalid `expired_cursor`.
    """

    def __init__(self, cursor: str | None = None) -> None:
        """Begin behind `cursor`; without one at the very first fact."""
        self._place = _unpack(cursor) if cursor else _Place(BEGINNING)

    @classmethod
    def from_now(cls) -> "Reader":
        """A reader of what commits from now on."""
        return cls.at(session.execute(_NOW).scalar_one())

    @classmethod
    def at(cls, snapshot: str) -> "Reader":
        """A reader of what the snapshot (`pg_current_snapshot()` as text) did not see."""
        reader = cls()
        reader._place = _Place(snapshot)
        return reader

    @property
    def cursor(self) -> str:
        """Where the next reading begins."""
        place = self._place
        content = [current().epoch, place.since, place.upto, place.xid, place.id]
        return paging.pack(_kind(), content)

    def read(self, limit: int = 100) -> list[Happened]:
        """At most `limit` facts that follow, and move behind them; an empty list when there are none."""
        limit = min(limit, MOST)
        place = self._place
        upto = place.upto or str(session.execute(_NOW).scalar_one())
        asked = {"since": place.since, "upto": upto, "xid": place.xid, "id": place.id, "limit": limit}
        rows = session.execute(_NEW, asked).mappings().all()
        if len(rows) < limit:
            self._place = _Place(upto)
        else:
            self._place = _Place(place.since, upto, rows[-1]["xid"], str(rows[-1]["id"]))
        if not rows and place.upto:
            return self.read(limit)  # the older stretch ended exactly at a page; look at what came since
        return [Happened(**{name: row[name] for name in row if name != "xid"}) for row in rows]


def _unpack(cursor: str) -> _Place:
    epoch, since, upto, xid, fact_id = paging.unpack(_kind(), cursor)
    if epoch != current().epoch:
        raise Invalid.one("after", "expired_cursor", EXPIRED)
    return _Place(since, upto, xid, fact_id)


def _kind() -> str:
    return f"facts {current().schema}"
