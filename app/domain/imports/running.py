"""A run in slices: each stores some chunks and, in the same transaction, remembers where it stopped."""

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import asdict
from uuid import UUID

from sqlalchemy import insert

from app.core.actor import Actor
from app.core.errors import Invalid
from app.core.text import N_
from app.domain.duplicates import searching
from app.domain.imports import reviewing, targets
from app.domain.imports.matching import keys_of
from app.domain.imports.queries import REDUCED, WAITING, errors_href
from app.domain.imports.rules.counts import Tally, problems_json
from app.domain.imports.rules.groups import Answer
from app.domain.imports.rules.limits import check_rows
from app.domain.imports.rules.occurrences import Occurrences
from app.domain.imports.rules.plan import Plan, plan_from_json
from app.domain.imports.rules.records import Place, Row, batched
from app.domain.imports.source import Source
from app.domain.imports.storing import ChunkResult, Storer
from app.domain.jobs import slices
from app.domain.jobs.models import Job, JobRow
from app.domain.jobs.slices import Budget
from app.records import upkeep
from tenants.session import session

# Large enough that statements are few, small enough that a crash costs little.
CHUNK = 1_000
SEE = N_("See the records")
REVIEW = "review"
_REMEMBERED = 8
_counted: OrderedDict[UUID, Occurrences] = OrderedDict()
_lock = threading.Lock()


def advance(actor: Actor, job: Job, budget: Budget) -> bool:
    """Store some more rows of the import; True where rows are left. Invalid where its file is gone."""
    if job.file_id is None or job.params.get(REDUCED):
        gone = N_("The file of this import is not kept any more. Import it again.")
        raise Invalid.one("file", "gone", gone)
    plan, source = plan_from_json(job.params["plan"]), Source.from_json(job.params["file"])
    targets.require(plan)
    place = Place(**job.checkpoint) if job.checkpoint else None
    occurrences = _occurrences(job.id, plan, source, place)
    storer = Storer(actor, plan, job.id, job.title, occurrences.count)
    tally = Tally.from_json(job.result)
    before = tally.states.copy()
    more = False
    for chunk in batched(source.rows(plan, place), CHUNK):
        check_rows(chunk[-1].number - 1)
        _note(job.id, tally, storer.store(chunk))
        place = chunk[-1].place
        if budget.is_spent():
            more = True
            break
    _remember(job.id, occurrences)
    job.result = {**tally.as_json(), **({} if more else _links(job, tally))}
    session.flush()
    done = (tally.states - before).total()
    slices.progress(
        job,
        done=done,
        total=None if more else job.rows_done + done,
        # What waits for a decision is counted by its rows.
        counts={state: count for state, count in (tally.states - before).items() if state != REVIEW},
        checkpoint=asdict(place) if place else None,
    )
    if not more and job.object and sum(tally.states.values()) >= CHUNK:
        upkeep.analyse(job.object)
    if not more and job.object and tally.states["created"]:
        searching.after_import(job.object)
    return more


def _links(job: Job, tally: Tally) -> dict[str, str]:
    """Where the result lies, for the job's page."""
    links = {"href": f"/{job.object}", "label": SEE}
    return {**links, "errors_href": errors_href(job.id)} if tally.states["failed"] else links


def _note(job_id: UUID, tally: Tally, result: ChunkResult) -> None:
    """Count the answers and keep the refused rows; their cells stay in the file."""
    for answer in result.answers:
        tally.add(answer)
    tally.also.update({f"{name} {state}": count for (name, state), count in result.also.items()})
    refused = [answer for answer in result.answers if answer.state == "failed"]
    if refused:
        session.execute(insert(JobRow), _job_rows(job_id, refused))
    doubtful = [answer for answer in result.answers if answer.state == REVIEW]
    if doubtful:
        session.execute(insert(JobRow), [_waiting(job_id, answer) for answer in doubtful])


def _waiting(job_id: UUID, answer: Answer) -> dict[str, object]:
    return {
        "job_id": job_id,
        "row_number": answer.draft.row.number,
        "state": WAITING,
        "record_id": None,
        "problems": [],
        "data": reviewing.kept(answer),
    }


def _job_rows(job_id: UUID, refused: Sequence[Answer]) -> list[dict[str, object]]:
    return [
        {
            "job_id": job_id,
            "row_number": answer.draft.row.number,
            "state": answer.state,
            "record_id": answer.record_id,
            "problems": problems_json(answer),
            "data": {"line": answer.draft.row.line},
        }
        for answer in refused
    ]


def _occurrences(job_id: UUID, plan: Plan, source: Source, place: Place | None) -> Occurrences:
    """The counts of pairs up to `place`: those of this process, else counted anew from the file's top."""
    fresh = Occurrences(plan)
    if keys_of(plan) != ("parts",) or plan.column("position") or not fresh.is_needed:
        return _Uncounted(plan)
    with _lock:
        known = _counted.pop(job_id, None)
    last = place.row if place else 0
    if known is not None and known.row == last:
        return known
    if place is not None:
        fresh.catch_up(source.rows(plan), last)
    return fresh


def _remember(job_id: UUID, occurrences: Occurrences) -> None:
    """For the next slice, should it come to this process; it is checked against the checkpoint there."""
    with _lock:
        _counted[job_id] = occurrences
        while len(_counted) > _REMEMBERED:
            _counted.popitem(last=False)


class _Uncounted(Occurrences):
    """Where rows have keys of their own, nothing is counted."""

    def count(self, row: Row) -> int:
        self.row = row.number
        return 0
