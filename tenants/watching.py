"""How a cell is at this moment, seen by its owner: size, connections, the outbox, one schema."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from psycopg.rows import class_row

from tenants import inside, names, owner
from tenants.engines import engines

CONTROL = "control"
_Answer = TypeVar("_Answer")

_STATE = """
SELECT pg_database_size(current_database()) AS size,
       (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database())::int AS connections,
       current_setting('max_connections')::int AS most_connections,
       (SELECT count(*) FROM {outbox} WHERE state = 'staged' AND due_at <= now())::int AS due,
       (SELECT extract(epoch FROM now() - min(due_at)) FROM {outbox}
         WHERE state = 'staged' AND due_at <= now())::float AS oldest_seconds,
       (SELECT count(*) FROM {outbox} WHERE state = 'dead')::int AS dead
"""
_DEAD = """
SELECT id, {tenant} AS schema, queue, name, attempts, coalesce(error, '') AS error, due_at
  FROM {outbox} WHERE state = 'dead' ORDER BY due_at DESC LIMIT {most:d}
"""
_AGAIN = """
UPDATE {outbox} SET state = 'staged', attempts = 0, losses = 0, due_at = now(), error = NULL
 WHERE id = %s AND state = 'dead' RETURNING name, {tenant} AS schema
"""
_DROP = "DELETE FROM {outbox} WHERE id = %s AND state = 'dead' RETURNING name, {tenant} AS schema"
# Relations of one schema, their indexes and long values included.
_SCHEMA = f"""
SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0)::bigint
  FROM pg_class c WHERE c.oid IN ({inside.tables("to_regnamespace(%s)")}) AND c.relkind IN ('r', 'm')
"""  # noqa: S608 - all of it is our own


@dataclass(frozen=True)
class State:
    """A database's size in bytes, its connections and outbox; `oldest_seconds` is how long that waits."""

    size: int
    connections: int
    most_connections: int
    due: int
    oldest_seconds: float | None
    dead: int


@dataclass(frozen=True)
class DeadJob:
    """A job that was given up, with the last error; `schema` is whose it is, None for nobody's."""

    id: UUID
    schema: str | None
    queue: str
    name: str
    attempts: int
    error: str
    due_at: datetime


def state(cell: str) -> State:
    """How a cell is, or the control database (CONTROL). Raises psycopg.OperationalError where it is down."""

    def read(connection: owner.Connection) -> State:
        with connection.cursor(row_factory=class_row(State)) as cursor:
            row = cursor.execute(_for(cell, _STATE)).fetchone()
            assert row is not None
            return row

    return _ask(cell, read)


def dead_jobs(cell: str, most: int = 50) -> list[DeadJob]:
    """Jobs that were given up there, the newest first."""

    def read(connection: owner.Connection) -> list[DeadJob]:
        with connection.cursor(row_factory=class_row(DeadJob)) as cursor:
            return cursor.execute(_for(cell, _DEAD, most=most)).fetchall()

    return _ask(cell, read)


def try_again(cell: str, job_id: UUID) -> tuple[str, str | None] | None:
    """Stage a dead job anew; its name and schema, None where there is none."""
    return _ask(cell, lambda connection: _one(connection, _for(cell, _AGAIN), job_id))


def drop(cell: str, job_id: UUID) -> tuple[str, str | None] | None:
    """Remove a dead job; its name and schema, None where there is none."""
    return _ask(cell, lambda connection: _one(connection, _for(cell, _DROP), job_id))


def schema_size(cell: str, schema: str) -> int:
    """Bytes on disk of one tenant's tables and indexes."""

    def read(connection: owner.Connection) -> int:
        row = connection.execute(_SCHEMA, [names.tenant_name(schema)]).fetchone()
        return int(row[0]) if row else 0

    return _ask(cell, read)


def _ask(cell: str, question: Callable[[owner.Connection], _Answer]) -> _Answer:
    if cell == CONTROL:
        with owner.connect(engines().control_url, "kith operator") as connection:
            return question(connection)
    with owner.of_cell(cell, "kith operator") as connection:
        return question(connection)


def _one(connection: owner.Connection, statement: bytes, job_id: UUID) -> tuple[str, str | None] | None:
    row = connection.execute(statement, [job_id]).fetchone()
    return (str(row[0]), row[1]) if row else None


def _for(cell: str, statement: str, most: int = 0) -> bytes:
    is_control = cell == CONTROL
    return statement.format(
        outbox="kith.control_outbox" if is_control else "kith.outbox",
        tenant="NULL::text" if is_control else "tenant",
        most=most,
    ).encode()
