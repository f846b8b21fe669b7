"""Which base backups there are of which cells, written down for doctor and operators."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tenants import owner
from tenants.engines import engines

# What holds the log until it is received; the program that receives it gives it this name.
SLOT = "kith_backup"

_NEWEST = """
SELECT DISTINCT ON (b.cell_id) b.cell_id, b.name, b.place, b.bytes, b.started_at, b.finished_at
  FROM kith.backups b WHERE b.state = 'done' ORDER BY b.cell_id, b.finished_at DESC
"""
_LOG = """
SELECT active, wal_status, coalesce(pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn), 0)::bigint
  FROM pg_replication_slots WHERE slot_name = %s
"""


@dataclass(frozen=True)
class Newest:
    """The newest whole base backup of a cell; None is the cluster of the control database alone."""

    cell: str | None
    name: str
    place: str
    bytes: int
    began_at: datetime
    ended_at: datetime


@dataclass(frozen=True)
class Log:
    """Whether a cell's log is being received now, and how many bytes of it wait; `is_lost`: some is gone."""

    is_received: bool
    is_lost: bool
    waiting: int


def begin(cells: Sequence[str | None], name: str, place: str) -> None:
    """A base backup of the cluster with these cells begins."""
    with owner.connect(engines().control_url) as control:
        control.cursor().executemany(
            "INSERT INTO kith.backups (cell_id, name, place) VALUES (%s, %s, %s)",
            [(cell, name, place) for cell in cells],
        )


def finish(name: str, size: int, start: str, end: str) -> None:
    """It is whole and verified."""
    with owner.connect(engines().control_url) as control:
        control.execute(
            "UPDATE kith.backups SET state = 'done', bytes = %s, start_lsn = %s, end_lsn = %s,"
            " finished_at = now() WHERE name = %s",
            [size, start, end, name],
        )


def fail(name: str, error: str) -> None:
    """It ended with `error`."""
    with owner.connect(engines().control_url) as control:
        control.execute(
            "UPDATE kith.backups SET state = 'failed', error = %s, finished_at = now() WHERE name = %s",
            [error, name],
        )


def forget(names: Sequence[str]) -> None:
    """These were removed, and so were rows of attempts that failed a month ago."""
    with owner.connect(engines().control_url) as control:
        control.execute(
            "DELETE FROM kith.backups WHERE name = ANY (%s)"
            " OR (state <> 'done' AND started_at < now() - interval '30 days')",
            [list(names)],
        )


def newest() -> dict[str | None, Newest]:
    """By cell, the newest whole base backup."""
    with owner.connect(engines().control_url) as control:
        rows = control.execute(_NEWEST.encode()).fetchall()
    return {row[0]: Newest(*row) for row in rows}


def differences(cell: str) -> tuple[int, int]:
    """(tenants whose schema the cell lacks, schemas of the cell that the catalogue does not know)."""
    here = engines()
    query = (
        "SELECT schema_name FROM kith.tenants WHERE cell_id = %s AND state NOT IN ('building', 'deleting')"
    )
    every = "SELECT schema_name FROM kith.tenants UNION SELECT data ->> 'schema' FROM kith.operations"
    with owner.connect(here.cell_url(cell)) as target, owner.connect(here.control_url) as control:
        there = {row[0] for row in target.execute("SELECT schema_name FROM kith.tenant_rev").fetchall()}
        wanted = {row[0] for row in control.execute(query, [cell]).fetchall()}
        known = {row[0] for row in control.execute(every).fetchall()}
    return len(wanted - there), len(there - known)


def removed() -> list[str]:
    """The ids of all tenants that were removed for good."""
    with owner.connect(engines().control_url) as control:
        rows = control.execute("SELECT DISTINCT tenant_id::text FROM kith.receipts ORDER BY 1").fetchall()
    return [row[0] for row in rows]


def log(url: str) -> Log | None:
    """How the log of the cluster at `url` is received; None where nobody has ever asked for it."""
    with owner.connect(url) as cell:
        row = cell.execute(_LOG.encode(), [SLOT]).fetchone()
    return Log(bool(row[0]), row[1] == "lost", int(row[2])) if row else None
