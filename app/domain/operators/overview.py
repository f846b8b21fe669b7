"""How the installation is: cells, revisions, jobs that were given up, backups, long work."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import psycopg
from sqlalchemy import case, func, select

from app.core.clock import now
from tenants import catalogue, cells, operations, revisions, watching
from tenants.cells import CellInfo
from tenants.models import Backup, Bucket, MigrationError, TenantRecord
from tenants.operations import Operation
from tenants.session import session
from tenants.watching import CONTROL, DeadJob, State

# A backup that is older than this should have had a younger one beside it.
BACKUP_AGE = timedelta(hours=26)
OLD_OUTBOX_SECONDS = 60.0


@dataclass(frozen=True)
class CellNow:
    """A cell and how it is; `state` is None while it does not answer, `backed_up_at` where there is none."""

    info: CellInfo
    state: State | None
    backed_up_at: datetime | None

    @property
    def is_behind(self) -> bool:
        """Whether its jobs wait longer than they should."""
        return self.state is not None and (self.state.oldest_seconds or 0) > OLD_OUTBOX_SECONDS

    @property
    def is_unsafe(self) -> bool:
        """Whether a newer backup is due."""
        return self.backed_up_at is None or now() - self.backed_up_at > BACKUP_AGE


@dataclass(frozen=True)
class Revision:
    """How many companies and spares are at a revision; whether that is below what this release needs."""

    name: str
    companies: int
    spares: int
    is_head: bool
    is_too_old: bool


@dataclass(frozen=True)
class BucketInfo:
    """One login role and how many schemas share it."""

    cell: str
    login: str
    schemas: int


@dataclass(frozen=True)
class Overview:
    """All of it at one moment; `parked` counts schemas whose migration failed."""

    cells: list[CellNow]
    control: State
    revisions: list[Revision]
    parked: int
    dead: list[tuple[DeadJob, str]]
    operations: list[Operation]


def overview() -> Overview:
    """Everything on the first page; a cell that is down costs its figures and nothing else."""
    backed_up = _backups()
    found = [CellNow(each, _state(each.id), backed_up.get(each.id)) for each in cells.all_cells()]
    parked = session.scalar(select(func.count()).select_from(MigrationError)) or 0
    return Overview(
        cells=found,
        control=watching.state(CONTROL),
        revisions=revision_counts(),
        parked=parked,
        dead=_dead([CONTROL, *(each.info.id for each in found if each.state and each.state.dead)]),
        operations=operations.running(),
    )


def revision_counts() -> list[Revision]:
    """Every revision that a schema is at, the newest first."""
    record, is_spare = TenantRecord, TenantRecord.state == "spare"
    statement = (
        select(
            record.schema_rev,
            func.count(case((is_spare, None), else_=1)).label("companies"),
            func.count(case((is_spare, 1))).label("spares"),
        )
        .where(is_spare | record.slug.is_not(None))
        .group_by(record.schema_rev)
        .order_by(record.schema_rev.desc())
    )
    head = revisions.head("tenant")
    return [
        Revision(
            row.schema_rev or "-",
            row.companies,
            row.spares,
            row.schema_rev == head,
            revisions.is_too_old(row.schema_rev),
        )
        for row in session.execute(statement)
    ]


def buckets() -> list[BucketInfo]:
    """Every bucket, the fullest first within its cell."""
    statement = select(Bucket.cell_id, Bucket.login_role, Bucket.tenants_count)
    rows = session.execute(statement.order_by(Bucket.cell_id, Bucket.tenants_count.desc(), Bucket.login_role))
    return [BucketInfo(*row) for row in rows]


def _state(cell: str) -> State | None:
    try:
        return watching.state(cell)
    except psycopg.OperationalError:
        return None


def _backups() -> dict[str, datetime]:
    done = (Backup.state == "done", Backup.cell_id.is_not(None))
    newest = select(Backup.cell_id, func.max(Backup.finished_at)).where(*done).group_by(Backup.cell_id)
    return {row[0]: row[1] for row in session.execute(newest) if row[0] and row[1]}


def _dead(places: Sequence[str]) -> list[tuple[DeadJob, str]]:
    """Jobs with where they lie; one cell that goes down meanwhile leaves the others' to be seen."""
    found: list[tuple[DeadJob, str]] = []
    for place in places:
        try:
            found += [(job, place) for job in watching.dead_jobs(place)]
        except psycopg.OperationalError:
            continue
    return found


def owner_of(job: DeadJob) -> str:
    """The address of the company whose job it is, or an empty text."""
    tenant = catalogue.by_schema(job.schema) if job.schema else None
    return tenant.slug if tenant else ""
