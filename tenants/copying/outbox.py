"""A tenant's waiting work and timers: rows of the cell's outbox that go where the tenant goes."""

from collections.abc import Iterable, Iterator

from psycopg import sql

from tenants.copying.rows import copy_query, pieces_of, take_pieces
from tenants.driver import run_string
from tenants.owner import Connection

_COLUMNS = (
    *("id", "tenant", "queue", "name", "payload", "key", "due_at", "state", "attempts", "losses"),
    *("leased_until", "error", "created_at"),
)
_LISTED = sql.SQL(", ").join(map(sql.Identifier, _COLUMNS))
_STAGE = sql.Identifier("kith_jobs")
_TEMPORARY = "CREATE TEMP TABLE {} ON COMMIT DROP AS SELECT {} FROM kith.outbox WITH NO DATA"
_MINE = "SELECT {} FROM kith.outbox WHERE tenant = {}"
# What both have, by an earlier try or because the cell has wound the same timer, stands.
_ENTER = "INSERT INTO kith.outbox ({}) SELECT {} FROM {} ON CONFLICT DO NOTHING"


# A worker at one of the jobs gets so long to end.
_PATIENCE_MS = 5_000


def hand_over(source: Connection, target: Connection, schema: str) -> None:
    """Move the tenant's jobs from one cell to the other; no worker takes one meanwhile.

    Raises psycopg's LockNotAvailable where a worker is at one for long; then they are where they were.
    A crash may leave them in both; the same again, in either direction, mends that.
    """
    with source.transaction():
        run_string(source, f"SET LOCAL lock_timeout = {_PATIENCE_MS}")
        # The second look finds what a worker that was waited for has put back.
        for _ in range(2):
            source.execute("SELECT FROM kith.outbox WHERE tenant = %s FOR UPDATE", [schema])
        with target.transaction():
            target.execute(sql.SQL(_TEMPORARY).format(_STAGE, _LISTED))
            mine = sql.SQL(_MINE).format(_LISTED, sql.Literal(schema))
            copy_query(source, target, mine, _STAGE, _LISTED)
            target.execute(sql.SQL(_ENTER).format(_LISTED, _LISTED, _STAGE))
        source.execute("DELETE FROM kith.outbox WHERE tenant = %s", [schema])


# What a job is, without what only the relay of its cell understands.
_PLAIN = sql.SQL("queue, name, payload, key, due_at, attempts, created_at")


def read_csv(source: Connection, schema: str) -> Iterator[bytes]:
    """The tenant's jobs that are not given up, as CSV."""
    mine = "SELECT {} FROM kith.outbox WHERE tenant = {} AND state <> 'dead' ORDER BY due_at, id"
    return pieces_of(source, sql.SQL(mine).format(_PLAIN, sql.Literal(schema)))


def write_csv(target: Connection, schema: str, pieces: Iterable[bytes]) -> int:
    """Stage jobs of CSV for the tenant of `schema`; how many."""
    with target.transaction():
        target.execute(sql.SQL(_TEMPORARY).format(_STAGE, _PLAIN))
        take_pieces(target, _STAGE, _PLAIN, pieces)
        staged = target.execute(
            sql.SQL(
                "INSERT INTO kith.outbox (tenant, {}) SELECT {}, {} FROM {} ON CONFLICT DO NOTHING"
            ).format(_PLAIN, sql.Literal(schema), _PLAIN, _STAGE)
        )
        return staged.rowcount
