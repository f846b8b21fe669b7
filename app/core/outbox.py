"""The two outboxes, the current tenant's and the control database's, as statements on the session."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import TextClause, text
from sqlalchemy.exc import OperationalError

from tenants.context import current
from tenants.engines import engines
from tenants.session import session

LOCK_NOT_AVAILABLE = "55P03"

CONTROL_TABLE = "kith.control_outbox"
TENANT_TABLE = "kith.outbox"


class Busy(Exception):
    """Another worker has this job in its hands."""


@dataclass(frozen=True)
class Place:
    """Which outbox is meant."""

    table: str

    def sql(self, statement: str) -> TextClause:
        return text(statement.replace("OUTBOX", self.table))

    def run(self, statement: str, values: dict[str, Any]) -> Any:
        """The result of `statement`, in which OUTBOX stands for the table."""
        engine = engines().control if self.table == CONTROL_TABLE else engines().tenant(current())
        return session.execute(self.sql(statement), values, bind_arguments={"bind": engine})


TENANT = Place(TENANT_TABLE)
CONTROL = Place(CONTROL_TABLE)


@dataclass(frozen=True)
class Row:
    """A job as it lies in the outbox."""

    id: UUID
    queue: str
    name: str
    payload: dict[str, Any]
    key: str | None
    due_at: datetime
    attempts: int = 0
    state: str = "staged"
    error: str | None = None
    created_at: datetime | None = None

    def again(self, due_at: datetime, attempts: int, error: str | None = None) -> "Row":
        """The same job, to be done at `due_at`."""
        return replace(self, due_at=due_at, attempts=attempts, error=error, state="staged")

    def dead(self, attempts: int, error: str) -> "Row":
        """The same job, given up; it lets go of its key so that the timer may be staged anew."""
        return replace(self, key=None, attempts=attempts, error=error, state="dead")


_STAGE = """
INSERT INTO OUTBOX (id, queue, name, payload, key, due_at, attempts, state, error, created_at)
SELECT id, queue, name, payload, key, due_at, attempts, state, error, coalesce(created_at, now())
  FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS staged(
       id uuid, queue text, name text, payload jsonb, key text, due_at timestamptz, attempts integer,
       state text, error text, created_at timestamptz)
"""
_REMOVE = "DELETE FROM OUTBOX WHERE key = ANY(:keys)"
# Well below PostgreSQL's deadlock_timeout (1 s), after which either side would be chosen.
_GIVE_WAY = "SET LOCAL lock_timeout = '250ms'"
# What a worker may do is what the relay has sent: a job put back for later is out of an old message's reach.
_TAKE = """
DELETE FROM OUTBOX WHERE id = :id AND state = 'sent'
RETURNING id, queue, name, payload, key, due_at, attempts, state, error, created_at
"""
# Taken in one order by everybody, so that two who stage the same keys wait and never block each other.
_LOCK = """
SELECT ext.hold(number)
  FROM (SELECT hashtextextended(key, 0) AS number
          FROM unnest(CAST(:keys AS text[])) AS key ORDER BY 1) AS numbers
"""


def stage(place: Place, rows: Sequence[Row]) -> None:
    """Put `rows` into the outbox."""
    if rows:
        place.run(_STAGE, {"rows": orjson.dumps(rows).decode()})


def take(place: Place, row_id: UUID) -> Row | None:
    """Remove and return the job, or None where it is done already; raises Busy while another worker does it.

    From here on this transaction waits for no lock longer than a moment: who changes a record and then its
    timer waits for the timer's job, which waits for the record. The job is the one to give way.
    """
    place.run(_GIVE_WAY, {})
    try:
        found = place.run(_TAKE, {"id": row_id}).one_or_none()
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", "") == LOCK_NOT_AVAILABLE:
            raise Busy(str(row_id)) from error
        raise
    return Row(**found._mapping) if found else None


def remove(place: Place, keys: Sequence[str]) -> None:
    """Remove the jobs with these keys."""
    if keys:
        place.run(_REMOVE, {"keys": list(keys)})


def lock(place: Place, keys: Sequence[str]) -> None:
    """Be the only transaction that stages these keys."""
    place.run(_LOCK, {"keys": sorted(set(keys))})
