"""Migrations: the control database and each cell by Alembic, the tenants' schemas by replay."""

import logging
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import psycopg
from alembic import command
from alembic.runtime.migration import MigrationContext
from alembic.util import CommandError
from sqlalchemy import NullPool, create_engine, make_url, text
from sqlalchemy.engine import Connection

from tenants import later as later_work
from tenants import ledger, owner, replay, revisions
from tenants.engines import Engines, engines
from tenants.hook import CONTROL_SCHEMA
from tenants.ledger import Parked

log = logging.getLogger("kith.tenants")

_CONTROL_LOCK = 6_011_002
_CELL_LOCK = 6_011_003
_LATER_LOCK = 6_011_006
# Each cell has processors of its own, so all are migrated at once.
MOST_CELLS = 16


class Busy(RuntimeError):
    """Another runner is migrating this cell."""


@dataclass(frozen=True)
class Progress:
    """How far a cell's tenants are; `total` counts those that were behind when the run began."""

    cell: str
    done: int
    failed: int
    total: int


@dataclass(frozen=True)
class CellPlan:
    """What a cell lacks: its own revision and, by revision, how many tenants stand below the head.

    `error` says why it could not be asked. `later` counts by revision where a part of it is left to do.
    """

    cell: str
    revision: str | None
    behind: dict[str, int] = field(default_factory=dict)
    error: str = ""
    later: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class CellReport:
    """What a run did in one cell: tenants migrated, and the errors of those that were not, by schema.

    `error` says why the cell could not be finished; its tenants are as they were or at the newest revision.
    """

    cell: str
    migrated: int = 0
    failed: dict[str, str] = field(default_factory=dict)
    error: str = ""


@dataclass(frozen=True)
class Report:
    """What a run did, cell by cell."""

    cells: tuple[CellReport, ...] = ()

    @property
    def migrated(self) -> int:
        """How many tenants were brought to the newest revision."""
        return sum(each.migrated for each in self.cells)

    @property
    def failed(self) -> dict[str, str]:
        """The errors of the tenants that are parked, by schema."""
        return {schema: error for each in self.cells for schema, error in each.failed.items()}

    @property
    def broken(self) -> dict[str, str]:
        """Why cells could not be finished."""
        return {each.cell: each.error for each in self.cells if each.error}


Tell = Callable[[Progress], None]


def migrate(progress: Tell | None = None, workers: int = 2) -> Report:
    """Bring everything to its newest revision, all cells at once; what fails is parked and reported.

    A run that was killed is resumed by the next one. A cell that is down, or breaks off, is reported and the
    others are finished. Raises Busy where another run is at work in a cell, after the other cells are done.
    """
    here = engines()
    migrate_control(here.control_url)
    cells = cell_ids(here)
    tell = _one_by_one(progress)
    with ThreadPoolExecutor(MOST_CELLS) as pool:
        running = [pool.submit(_migrate_cell, here, cell, tell, workers) for cell in cells]
    return Report(tuple(each.result() for each in running))


def later(progress: Tell | None = None) -> Report:
    """Do what revisions have left for later, all cells at once; resumed like `migrate`. Raises Busy."""
    here = engines()
    tell = _one_by_one(progress)
    with ThreadPoolExecutor(MOST_CELLS) as pool:
        running = [pool.submit(_later_in, here, cell, tell) for cell in cell_ids(here)]
    return Report(tuple(each.result() for each in running))


def _later_in(here: Engines, cell: str, tell: Tell) -> CellReport:
    def told(run: later_work.Run) -> None:
        tell(Progress(cell, run.done, len(run.failed), run.total))

    try:
        url = here.cell_url(cell)
        run = later_work.Run(here.control_url, url, cell, told)
        with _alone_in(cell, url, _LATER_LOCK):
            run.all()
        return CellReport(cell, run.done, run.failed)
    except psycopg.OperationalError as error:
        return CellReport(cell, error=_first_line(error))


def catch_up() -> Report:
    """Migrate what the release before has built in cells that are migrated already, not what is parked."""
    here = engines()
    with owner.connect(here.control_url) as control:
        cells = ledger.straggling(control, revisions.head("tenant"), revisions.behind())
    found = []
    for cell in cells:
        with suppress(Busy):
            found.append(_migrate_cell(here, cell, lambda _: None, 1))
    return Report(tuple(found))


def migrate_control(control_url: str) -> None:
    """Bring the control database to its newest revision."""
    _upgrade("control", control_url, _CONTROL_LOCK)


def migrate_cell(cell_url: str) -> None:
    """Bring a cell's own tables to their newest revision; its tenants' schemas are left as they are."""
    _upgrade("cell", cell_url, _CELL_LOCK)


def plan() -> list[CellPlan]:
    """What `migrate` would find to do in each cell; reads only."""
    here = engines()
    return [_plan_of(here, cell) for cell in cell_ids(here)]


def parked() -> list[Parked]:
    """The tenants that could not be migrated, with the reason."""
    with owner.connect(engines().control_url) as control:
        return ledger.parked(control)


def cell_ids(here: Engines) -> list[str]:
    """Every cell, in the order of their names."""
    with owner.connect(here.control_url) as connection:
        rows = connection.execute("SELECT id FROM kith.cells ORDER BY id").fetchall()
    return [row[0] for row in rows]


def _one_by_one(progress: Tell | None) -> Tell:
    """Several cells tell of their progress, one after the other."""
    lock = threading.Lock()

    def tell(reached: Progress) -> None:
        if progress is not None:
            with lock:
                progress(reached)

    return tell


def _migrate_cell(here: Engines, cell: str, tell: Tell, workers: int) -> CellReport:
    try:
        url = here.cell_url(cell)
        with _alone_in(cell, url):
            _upgrade("cell", url, _CELL_LOCK)
            return _replay(here, cell, url, tell, workers)
    except psycopg.OperationalError as error:
        return CellReport(cell, error=_first_line(error))


def _replay(here: Engines, cell: str, url: str, tell: Tell, workers: int) -> CellReport:
    def told(run: replay.Run) -> None:
        tell(Progress(cell, run.migrated, len(run.failed), run.total))

    run = replay.Run(here.control_url, url, cell, revisions.head("tenant"), told, workers)
    try:
        run.all()
    except (psycopg.Error, replay.BrokeOff) as error:
        log.warning("the migration of %s broke off: %s", cell, error)
        return CellReport(cell, run.migrated, run.failed, _first_line(error))
    return CellReport(cell, run.migrated, run.failed)


@contextmanager
def _alone_in(cell: str, url: str, lock: int = _CELL_LOCK) -> Iterator[None]:
    with owner.connect(url, "kith migrate guard") as guard:
        row = guard.execute("SELECT pg_try_advisory_lock(%s)", [lock]).fetchone()
        if not row or not row[0]:
            raise Busy(f"another run is migrating {cell}")
        with owner.letting_go(guard):
            yield


def _upgrade(family: revisions.Family, url: str, lock: int) -> None:
    engine = create_engine(make_url(url).set(drivername="postgresql+psycopg"), poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": lock + 100})
        connection.execute(text(f"SET LOCAL search_path = {CONTROL_SCHEMA}, ext"))
        if not _is_newer(family, connection):
            _run_alembic(family, connection)
    engine.dispose()


def _is_newer(family: revisions.Family, connection: Connection) -> bool:
    """Whether a later release has been here: going back to the one before must not fail for that."""
    context = MigrationContext.configure(connection, opts={"version_table_schema": CONTROL_SCHEMA})
    there = context.get_current_revision()
    try:
        revisions.directory(family).get_revision(there or "base")
    except CommandError:
        log.warning("the %s database is at revision %s of a later release: left as it is", family, there)
        return True
    return False


def _run_alembic(family: revisions.Family, connection: Connection) -> None:
    configuration = revisions.config(family)
    configuration.attributes.update(connection=connection, schema=CONTROL_SCHEMA)
    with revisions.alone:
        command.upgrade(configuration, "head")


def _plan_of(here: Engines, cell: str) -> CellPlan:
    try:
        with owner.connect(here.cell_url(cell)) as connection:
            return _asked(cell, connection)
    except psycopg.OperationalError as error:
        return CellPlan(cell, None, error=_first_line(error))


def _asked(cell: str, connection: psycopg.Connection[Any]) -> CellPlan:
    found = connection.execute("SELECT to_regclass('kith.alembic_version')").fetchone()
    if not found or found[0] is None:
        return CellPlan(cell, None)
    row = connection.execute("SELECT version_num FROM kith.alembic_version").fetchone()
    older = revisions.behind()
    counts = connection.execute(
        "SELECT rev, count(*) FROM kith.tenant_rev WHERE rev = ANY (%s) GROUP BY rev ORDER BY rev", [older]
    ).fetchall()
    return CellPlan(cell, row[0] if row else None, dict(counts), later=_left(connection))


def _left(cell: psycopg.Connection[Any]) -> dict[str, int]:
    try:
        left = {revision: len(later_work.pending(cell, revision)) for revision in revisions.later()}
    except psycopg.errors.UndefinedColumn:
        # Not migrated yet: nothing was left.
        return {}
    return {revision: count for revision, count in left.items() if count}


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
