"""The search brought up to date in slices: all records of the object, then what was written meanwhile.

People write meanwhile, and nobody waits: whoever began before the change of the model and writes after it
enters a record as it was found before, which the second round mends.
"""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, text

from app.core.actor import Actor
from app.core.text import N_
from app.domain.jobs import slices
from app.domain.jobs.models import Job
from app.domain.jobs.slices import Budget
from app.records import loading, registry, search_index
from app.records.types import ObjectType
from tenants.session import session

BLOCK = 500
NONE = UUID(int=0)
# A clock that goes wrong, or a long transaction: who wrote after this is looked at once more.
MARGIN = timedelta(minutes=10)
# Of two slices the later one knows the later model.
_ALONE = text("SELECT ext.hold(7302)")


def advance(_: Actor, job: Job, budget: Budget) -> bool:
    """One slice; True where more is to be done."""
    session.execute(_ALONE)
    registry.forget()
    described = registry.find(job.object or "")
    if described is None:
        return False  # hidden meanwhile: it is entered when it is shown again
    total = job.rows_total if job.rows_total is not None else _count(described)
    is_late, last = job.checkpoint.get("step") == "late", UUID(job.checkpoint.get("last", str(NONE)))
    done = 0
    while ids := _after(described, last, job if is_late else None):
        search_index.enter_again(described, loading.locked(described, ids))
        done, last = done + len(ids), ids[-1]
        if budget.is_spent():
            break
    step = "late" if is_late or not ids else "all"
    more = bool(ids) or not is_late
    checkpoint = {"step": step, "last": str(last if ids else NONE)}
    job.result = {} if more else {"href": f"/{job.object}", "label": N_("See the records")}
    slices.progress(job, done=0 if is_late else done, total=total, checkpoint=checkpoint)
    return more


def _after(described: ObjectType, last: UUID, since: Job | None) -> Sequence[UUID]:
    """Some records behind that one, or of those that changed since the job began."""
    table = described.table
    behind: list[ColumnElement[bool]] = [table.c.id > last, table.c.deleted_at.is_(None)]
    if since is not None:
        behind.append(table.c.updated_at >= since.created_at - MARGIN)
    return session.scalars(select(table.c.id).where(*behind).order_by(table.c.id).limit(BLOCK)).all()


def _count(described: ObjectType) -> int:
    live = described.table.c.deleted_at.is_(None)
    return session.scalar(select(func.count()).select_from(described.table).where(live)) or 0
