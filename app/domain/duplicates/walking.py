"""How a search goes through all records, slice by slice: keys are gathered, then what shares one is compared.

Where it stands is written with what it has, in one transaction, so a crash costs a slice. Until the last one
nothing of it is to be seen; then what it found takes the place of what the search before it had found.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select, update

from app.core.actor import Actor
from app.core.text import N_
from app.domain.duplicates import comparing, gathering, pairs
from app.domain.duplicates.rules import LISTED
from app.domain.duplicates.searching import KIND
from app.domain.jobs import slices
from app.domain.jobs.actions import ENDED_EARLY
from app.domain.jobs.models import Job
from app.domain.jobs.slices import Budget
from app.records.rights import allowed
from app.records.types import ObjectType
from tenants.session import session

SEE = N_("See possible duplicates")
# So many pairs are kept, the likeliest: one for every twentieth of a million records.
MOST_PAIRS = 50_000
# Of what many have in common, such as the telephone of an exchange, none are compared: they have other keys.
LARGEST = 1_000
LEFT_OUT = N_(
    "More than %(most)s pairs were found. The likeliest are kept, those with %(least)s points or more."
)
NEWER = N_("A newer search took its place.")
CROWDED = N_(
    "Values that more than %(largest)s records share, such as one telephone of all, were left out: %(count)s"
)
# Of the way through all records so much is gathering their keys.
_GATHERING = 0.4


@dataclass(frozen=True)
class _Point:
    """Where a search stands: of `rows` so many are `gathered`, of `parts` so many are `compared`.

    `after` is the id of the last record that was read. `pairs` were noted, of which more than can be kept
    `overflowed`; of those below `least` points none are noted any more. `crowded` keys were left out.
    """

    rows: int
    parts: int
    gathered: int = 0
    chunks: int = 0
    after: str | None = None
    is_gathered: bool = False
    compared: int = 0
    pairs: int = 0
    least: int = LISTED
    overflowed: bool = False
    crowded: int = 0

    @property
    def done(self) -> int:
        """How far it is, in records."""
        if self.compared >= self.parts:
            return self.rows
        gathered = 1.0 if self.is_gathered else min(1.0, self.gathered / max(1, self.rows))
        share = _GATHERING * gathered + (1 - _GATHERING) * self.compared / self.parts
        return int(self.rows * share)


def advance(actor: Actor, job: Job, budget: Budget) -> bool:
    """Some more of the search; True where something is left."""
    described = allowed(actor, job.object or "", "read")
    if _is_overtaken(job):
        job.result = _result(described, {"message": NEWER, "data": {}})
        session.flush()
        return False
    point = _Point(**job.checkpoint) if job.checkpoint else _begun(described, job)
    while True:
        if not point.is_gathered:
            point = _gather(described, job, point)
        elif point.compared < point.parts:
            point = _compare(described, job, point, budget)
        more = not point.is_gathered or point.compared < point.parts
        if not more or budget.is_spent():
            break
    if not more:
        _end(described, job, point)
    slices.progress(job, done=point.done - job.rows_done, total=point.rows, checkpoint=asdict(point))
    return more


def _is_overtaken(job: Job) -> bool:
    """Whether a search that began later is at work or done: of one that is tried again nothing is wanted."""
    newer = (Job.kind == KIND, Job.object == job.object, Job.id > job.id)
    return bool(
        session.scalar(select(Job.id).where(*newer, Job.state.in_(("queued", "running", "done"))).limit(1))
    )


def _begun(described: ObjectType, job: Job) -> _Point:
    """A search begins with nothing; one that stopped on its way, if tried again, begins anew as well."""
    _forget(Job.object == described.name, Job.id != job.id)
    pairs.forget(described)
    table = described.table
    rows = session.scalar(select(func.count()).select_from(table).where(table.c.deleted_at.is_(None))) or 0
    return _Point(rows, gathering.parts(rows))


def forget_stopped(before: datetime) -> None:
    """Take away what searches laid down that stopped before that moment; tried again they begin anew."""
    _forget(Job.finished_at < before)


def _forget(*which: ColumnElement[bool]) -> None:
    stopped = select(Job.id).where(Job.kind == KIND, Job.state.in_(ENDED_EARLY), Job.checkpoint != {}, *which)
    ids = session.scalars(stopped).all()
    if ids:
        gathering.forget(ids)
        session.execute(update(Job).where(Job.id.in_(ids)).values(checkpoint={}, rows_done=0))


def _gather(described: ObjectType, job: Job, point: _Point) -> _Point:
    found = gathering.gather(described, job, point.chunks, point.parts, point.after)
    return replace(
        point,
        gathered=point.gathered + found.rows,
        chunks=point.chunks + 1,
        after=str(found.last) if found.last else None,
        is_gathered=found.last is None,
    )


def _compare(described: ObjectType, job: Job, point: _Point, budget: Budget) -> _Point:
    """Compare within a part; others who are at their pages get their turn in between."""
    found = gathering.blocks(job, point.compared)
    blocks = [each for each in found if len(each) <= LARGEST]
    noted = point.pairs
    for portion in comparing.portions(blocks):
        noted += pairs.note(described, comparing.likely(described, portion, point.least))
        budget.is_spent()
    crowded = point.crowded + len(found) - len(blocks)
    return _trimmed(described, replace(point, compared=point.compared + 1, pairs=noted, crowded=crowded))


def _trimmed(described: ObjectType, point: _Point, slack: float = 1.2) -> _Point:
    """Without the pairs that are too many, once these are more than a few."""
    if point.pairs <= MOST_PAIRS * slack:
        return point
    kept, least = pairs.trim(described, MOST_PAIRS)
    return replace(point, pairs=kept, least=max(point.least, least), overflowed=True)


def _end(described: ObjectType, job: Job, point: _Point) -> None:
    point = _trimmed(described, point, 1)
    pairs.publish(described)
    said = []
    if point.overflowed:
        said.append({"message": LEFT_OUT, "data": {"most": MOST_PAIRS, "least": point.least}})
    if point.crowded:
        said.append({"message": CROWDED, "data": {"largest": LARGEST, "count": point.crowded}})
    job.result = _result(described, *said)
    session.flush()


def _result(described: ObjectType, *said: Mapping[str, Any]) -> dict[str, Any]:
    return {"href": f"/{described.name}/duplicates", "label": SEE, "said": list(said)}
