"""What doctor says about backups: how old the newest is, and whether the log behind it is received."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import psycopg
from sqlalchemy.exc import SQLAlchemyError

from app.commands._checks import Row
from app.config import Settings
from tenants import backups, engines, runner
from tenants.backups import Log, Newest

OLD = timedelta(hours=36)
MUCH_WAITING = 1_000_000_000
NOBODY = "Set KITH_BACKUP (or up --backup) to a folder on another disk or s3://bucket/prefix."


def check(settings: Settings) -> Iterator[Row]:
    """One row a cell, and one for a catalogue that has a cluster of its own."""
    here = engines.configure(settings.database_url, settings.secret_keys)
    try:
        newest = backups.newest()
        if not newest:
            remedy = f"{NOBODY} A managed PostgreSQL backs itself up: switch that on there."
            yield Row("backup", "warning", "Kith has made no base backup", remedy)
            return
        for cell in runner.cell_ids(here):
            yield finding(cell, newest.get(cell), backups.log(here.cell_url(cell)), datetime.now(UTC))
        if None in newest:
            yield finding("catalogue", newest[None], backups.log(here.control_url), datetime.now(UTC))
    except (SQLAlchemyError, psycopg.Error) as error:
        yield Row("backup", "failed", str(error).strip().splitlines()[0], "Run ./kith migrate.")


def agreement(settings: Settings) -> Iterator[Row]:
    """Whether catalogue and cells know of the same tenants: after a restore of one of them they may not."""
    here = engines.configure(settings.database_url, settings.secret_keys)
    try:
        for cell in runner.cell_ids(here):
            yield agreeing(cell, *backups.differences(cell))
    except (SQLAlchemyError, psycopg.Error) as error:
        yield Row("catalogue", "failed", str(error).strip().splitlines()[0], "Run ./kith migrate.")


def agreeing(cell: str, missing: int, unknown: int) -> Row:
    """The row about one cell: tenants whose schema it lacks, and schemas that nobody has."""
    if not missing and not unknown:
        return Row("catalogue", "ok", f"{cell} has the schemas that the catalogue knows, and no other")
    text = f"{cell} lacks the schemas of {missing} tenants and has {unknown} that the catalogue does not know"
    remedy = "One of the two was set back: ./kith restore --tenant brings single companies back from either."
    return Row("catalogue", "failed" if missing else "warning", text, remedy)


def finding(cell: str, newest: Newest | None, log: Log | None, now: datetime) -> Row:
    """The row about one cell."""
    if newest is None:
        return Row("backup", "warning", f"{cell} has no base backup", f"Run ./kith backup --cell {cell}.")
    hours = (now - newest.ended_at) / timedelta(hours=1)
    text = f"{cell}: base backup of {newest.bytes / 1e6:.0f} MB {hours:.0f} h ago in {newest.place}"
    if log is None:
        return Row("backup", "warning", f"{text}; its log is not received", "Run ./kith backup --stream.")
    if not log.is_received:
        waits = f"{text}; its log is not received, {log.waiting / 1e6:.0f} MB wait"
        remedy = "See that ./kith backup --stream runs, and what it says."
        return Row("backup", "failed", waits, remedy)
    if log.waiting > MUCH_WAITING:
        slow = f"{text}; {log.waiting / 1e6:.0f} MB of its log wait"
        return Row("backup", "warning", slow, "The place is slower than the cluster writes.")
    if now - newest.ended_at > OLD:
        return Row("backup", "warning", text, "See what ./kith backup --stream says; try ./kith backup.")
    return Row("backup", "ok", f"{text}, its log is received")
