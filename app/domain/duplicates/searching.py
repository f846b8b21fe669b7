"""The search for duplicates through all records of an object, as a job in slices."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from app.core.actor import Actor
from app.core.text import N_
from app.domain.duplicates import blocking, evidence, pairs
from app.domain.duplicates.objects import is_compared
from app.domain.duplicates.pairs import Pair
from app.domain.duplicates.rules import LISTED, Likeness, compare
from app.domain.jobs import actions as jobs
from app.domain.jobs import slices
from app.domain.jobs.models import Job
from app.domain.jobs.slices import Budget
from app.records import registry
from app.records.rights import allowed
from app.records.types import ObjectType
from tenants.session import session

KIND = "duplicates.search"
TITLE = N_("Search for duplicates")
SEE = N_("See possible duplicates")
# Evidence of so many records is held at once.
HELD = 2_000
# So many pairs are kept; who has more cleans up with an import.
MOST_PAIRS = 10_000


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


def advance(actor: Actor, job: Job, budget: Budget) -> bool:
    """Some more passes of the search; True where some are left."""
    described = allowed(actor, job.object or "", "read")
    point: dict[str, Any] = job.checkpoint or {"next": 0, "rows": _rows(described), "pairs": 0}
    steps = blocking.passes(described, point["rows"])
    at, found, before = point["next"], point["pairs"], point["next"]
    while at < len(steps) and found < MOST_PAIRS:
        _pass(described, blocking.blocks(described, *steps[at]), str(job.id), budget)
        found = pairs.counted(described, str(job.id))
        at += 1
        if budget.is_spent():
            break
    more = bool(at < len(steps) and found < MOST_PAIRS)
    if not more:
        pairs.forget_before(described, str(job.id))
        job.result = {"href": f"/{described.name}/duplicates", "label": SEE}
        session.flush()
    point = {**point, "next": at, "pairs": found}
    slices.progress(job, done=(at if more else len(steps)) - before, total=len(steps), checkpoint=point)
    return more


def _rows(described: ObjectType) -> int:
    table = described.table
    return session.scalar(select(func.count()).select_from(table).where(table.c.deleted_at.is_(None))) or 0


def _pass(described: ObjectType, blocks: Sequence[Sequence[UUID]], run: str, budget: Budget) -> None:
    """Compare within the blocks, to their end; others who are at their pages get their turn in between."""
    for group in _grouped(blocks):
        ids = sorted({each for block in group for each in block})
        known = evidence.load(described, ids)
        apart = pairs.apart(described, ids)
        alike = {
            pair: compare(known[pair[0]], known[pair[1]])
            for pair in _candidates(group)
            if pair not in apart and pair[0] in known and pair[1] in known
        }
        listed = {pair: likeness for pair, likeness in alike.items() if likeness.score >= LISTED}
        pairs.store(described, ((pair, _told(likeness, run)) for pair, likeness in listed.items()))
        budget.is_spent()


def _grouped(blocks: Sequence[Sequence[UUID]]) -> Iterator[list[Sequence[UUID]]]:
    """Blocks in portions of about HELD records."""
    group: list[Sequence[UUID]] = []
    for block in blocks:
        group.append(block)
        if sum(map(len, group)) >= HELD:
            yield group
            group = []
    if group:
        yield group


def _candidates(blocks: Iterable[Sequence[UUID]]) -> set[Pair]:
    return {pairs.ordered(one, other) for block in blocks for one, other in combinations(block, 2)}


def _told(likeness: Likeness, run: str) -> dict[str, Any]:
    reasons = [[each.code, each.points, each.percent] for each in likeness.reasons]
    return {"score": likeness.score, "reasons": reasons, "run": run}
