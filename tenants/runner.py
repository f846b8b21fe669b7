"""Migrations: the control database and each cell by Alembic, the tenants' schemas by replay."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import psycopg
from alembic import command
from sqlalchemy import NullPool, create_engine, make_url, text
from sqlalchemy.engine import Connection

from tenants import replay, revisions
from tenants.driver import psycopg_url
from tenants.engines import Engines, engines
from tenants.hook import CONTROL_SCHEMA

_CONTROL_LOCK = 6_011_002
_CELL_LOCK = 6_011_003


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
    """What a cell lacks: its own revision and, by revision, how many tenants stand below the head."""

    cell: str
    revision: str | None
    behind: dict[str, int]


@dataclass(frozen=True)
class Report:
    """What a run did: tenants migrated, and those parked with the error's text, by schema."""

    migrated: int = 0
    failed: dict[str, str] = field(default_factory=dict)


def migrate(progress: Callable[[Progress], None] | None = None, workers: int = 2) -> Report:
    """Bring everything to its newest revision; what fails is parked in migration_errors and reported.

    A run that was killed is resumed by the next one. Raises Busy where another run is at work.
    """
    here = engines()
    migrate_control(here.control_url)
    migrated, failed = 0, dict[str, str]()
    for cell in cell_ids(here):
        report = _migrate_cell(here, cell, progress or (lambda _: None), workers)
        migrated += report.migrated
        failed |= report.failed
    return Report(migrated, failed)


def migrate_control(control_url: str) -> None:
    """Bring the control database to its newest revision."""
    _upgrade("control", control_url, _CONTROL_LOCK)


def plan() -> list[CellPlan]:
    """What `migrate` would find to do in each cell; reads only."""
    here = engines()
    return [_plan_of(cell, here.cell_url(cell)) for cell in cell_ids(here)]


def cell_ids(here: Engines) -> list[str]:
    """Every cell, in the order of their names."""
    with psycopg.connect(psycopg_url(here.control_url)) as connection:
        rows = connection.execute("SELECT id FROM kith.cells ORDER BY id").fetchall()
    return [row[0] for row in rows]


def _migrate_cell(here: Engines, cell: str, progress: Callable[[Progress], None], workers: int) -> Report:
    url = here.cell_url(cell)
    with psycopg.connect(psycopg_url(url), autocommit=True) as guard:
        if not _locked(guard):
            raise Busy(f"another run is migrating {cell}")
        _upgrade("cell", url, _CELL_LOCK)
        until = revisions.head("tenant")
        run = replay.Run(psycopg_url(here.control_url), psycopg_url(url), cell, until)
        return Report(
            *run.all(lambda done, failed, total: progress(Progress(cell, done, failed, total)), workers)
        )


def _locked(guard: psycopg.Connection[Any]) -> bool:
    row = guard.execute("SELECT pg_try_advisory_lock(%s)", [_CELL_LOCK]).fetchone()
    return bool(row and row[0])


def _upgrade(family: revisions.Family, url: str, lock: int) -> None:
    engine = create_engine(make_url(url).set(drivername="postgresql+psycopg"), poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": lock + 100})
        connection.execute(text(f"SET LOCAL search_path = {CONTROL_SCHEMA}, ext"))
        _run_alembic(family, connection)
    engine.dispose()


def _run_alembic(family: revisions.Family, connection: Connection) -> None:
    configuration = revisions.config(family)
    configuration.attributes.update(connection=connection, schema=CONTROL_SCHEMA)
    command.upgrade(configuration, "head")


def _plan_of(cell: str, url: str) -> CellPlan:
    with psycopg.connect(psycopg_url(url)) as connection:
        found = connection.execute("SELECT to_regclass('kith.alembic_version')").fetchone()
        if not found or found[0] is None:
            return CellPlan(cell, None, {})
        row = connection.execute("SELECT version_num FROM kith.alembic_version").fetchone()
        counts = connection.execute(
            "SELECT rev, count(*) FROM kith.tenant_rev WHERE rev <> %s GROUP BY rev",
            [revisions.head("tenant")],
        ).fetchall()
    return CellPlan(cell, row[0] if row else None, dict(counts))
