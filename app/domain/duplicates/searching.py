"""The search for duplicates through all records of an object: when it begins, and which was the last."""

from sqlalchemy import func, select

from app.core.actor import Actor
from app.core.text import N_
from app.domain.duplicates.objects import is_compared
from app.domain.jobs import actions as jobs
from app.domain.jobs.models import Job
from app.records import registry
from app.records.rights import allowed
from app.records.types import ObjectType
from tenants.session import session

KIND = "duplicates.search"
TITLE = N_("Search for duplicates")


def ask(actor: Actor, object_name: str) -> Job:
    """The job that looks for duplicates of an object; while one waits or runs it is that one."""
    described = allowed(actor, object_name, "write")
    return _waiting(described) or jobs.start(actor, KIND, TITLE, object=described.name)


def last(actor: Actor, object_name: str) -> Job | None:
    """The newest search through the object."""
    described = allowed(actor, object_name, "read")
    searches = select(Job).where(Job.kind == KIND, Job.object == described.name)
    found: Job | None = session.scalar(searches.order_by(Job.id.desc()).limit(1))
    return found


def after_import(object_name: str) -> None:
    """Look whether what was imported was there already."""
    described = registry.get(object_name)
    if is_compared(described) and _waiting(described) is None:
        _begin(described)


def nightly() -> None:
    """Begin a search in each object that was written to since the last one."""
    for described in registry.every():
        if is_compared(described) and _is_due(described):
            _begin(described)


def _begin(described: ObjectType) -> None:
    """A search that nobody asked for: it belongs to the workspace and tells nobody."""
    job = Job(kind=KIND, title=TITLE, object=described.name)
    session.add(job)
    session.flush()
    jobs.begin(job)


def _waiting(described: ObjectType) -> Job | None:
    busy = (Job.kind == KIND, Job.object == described.name, Job.state.in_(("queued", "running")))
    found: Job | None = session.scalar(select(Job).where(*busy).limit(1))
    return found


def _is_due(described: ObjectType) -> bool:
    started = select(func.max(Job.created_at)).where(
        Job.kind == KIND, Job.object == described.name, Job.state.in_(("queued", "running", "done"))
    )
    since = session.scalar(started)
    table = described.table
    here = [table.c.deleted_at.is_(None), *([table.c.updated_at > since] if since else [])]
    return session.scalar(select(table.c.id).where(*here).limit(1)) is not None
