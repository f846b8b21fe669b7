"""A job in words: its state, how far it is, what came of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from app.core.text import N_
from app.domain.bulk import rules
from app.domain.bulk.actions import KIND as BULK
from app.domain.bulk.undoing import KIND as UNDO
from app.domain.imports import queries as imports
from app.domain.jobs.actions import ENDED_EARLY
from app.domain.jobs.models import Job, JobRow
from app.domain.jobs.slices import REASON
from app.domain.purging.actions import KIND as PURGE
from app.records import registry
from app.ui.formats import Formats
from app.ui.say import gettext, ngettext, pgettext, problem

STATES = {
    "draft": N_("In preparation"),
    "queued": N_("Waiting"),
    "running": N_("Running"),
    "done": N_("Done"),
    "failed": N_("Failed"),
    "cancelled": N_("Stopped"),
}
SHAPES = {"done": "kept", "failed": "broken", "queued": "planned", "running": "planned"}

_CHANGES = frozenset(rules.TITLES.values())


@dataclass(frozen=True)
class JobView:
    """What a page shows of a job; `counts` are (words, figure), `link` is where its result lies."""

    id: UUID
    title: str
    state: str
    word: str
    shape: str
    is_over: bool
    is_stopping: bool
    done: int
    total: int | None
    detail: str
    counts: tuple[tuple[str, str], ...]
    also: tuple[str, ...]
    error: str
    created_at: datetime
    finished_at: datetime | None
    link: tuple[str, str] | None
    errors_href: str | None
    kind: str = ""
    outcome: str = ""
    review: int = 0
    stopped: str = ""

    @property
    def can_cancel(self) -> bool:
        return not self.is_over and not self.is_stopping


def view(job: Job, formats: Formats) -> JobView:
    """The job for a page. Its `result` may name `href` with `label`, and `errors_href`."""
    stopping = job.cancel_requested_at is not None and not job.is_over
    return JobView(
        id=job.id,
        title=_title(job),
        state=job.state,
        word=gettext("Stopping") if stopping else gettext(STATES[job.state]),
        shape=SHAPES.get(job.state, ""),
        is_over=job.is_over,
        is_stopping=stopping,
        done=job.rows_done,
        total=job.rows_total,
        detail=_detail(job, formats),
        counts=_counts(job, formats),
        also=_also(job, formats),
        error=_error(job),
        created_at=job.created_at,
        finished_at=job.finished_at,
        link=_link(job),
        errors_href=_own(job.result.get("errors_href")),
        kind=job.kind,
        outcome=_outcome(job, formats),
        review=_to_review(job),
        stopped=_stopped(job, formats),
    )


def _error(job: Job) -> str:
    """Why it was given up, in the reader's language."""
    if not job.error:
        return ""
    reason = job.result.get(REASON, {})
    message, data = reason.get("message", job.error), reason.get("data", {})
    return gettext(message, **data)


@dataclass(frozen=True)
class Refused:
    """A row that was left alone: its number and why; of a record also what it is called and where it is."""

    number: str
    why: str
    title: str = ""
    href: str = ""


def problems_of(row: JobRow) -> str:
    """Why a row was refused or skipped, in one line."""
    told = [problem(each["message"], each.get("data", {})) for each in row.problems]
    return " ".join(told)


def _title(job: Job) -> str:
    what = gettext(job.title) if job.title else job.kind
    # A change of records is named by them, an import by its file; so is what takes them back.
    if job.object and (job.kind in (BULK, PURGE) or job.title in _CHANGES):
        what = f"{_objects(job.object)}: {what}"
    return gettext("%(what)s, taken back", what=what) if job.kind == UNDO else what


def _outcome(job: Job, formats: Formats) -> str:
    """What came of a change of records, in a few words."""
    if not job.is_over or job.kind not in (BULK, UNDO):
        return ""
    changed = ngettext(
        "%(count)s changed", "%(count)s changed", job.updated_count, count=formats.number(job.updated_count)
    )
    left = job.failed_count + (job.skipped_count if job.kind == UNDO else 0)
    same = 0 if job.kind == UNDO else job.skipped_count
    told = [changed]
    if same:
        told.append(ngettext("%(count)s had it", "%(count)s had it", same, count=formats.number(same)))
    if left:
        told.append(
            ngettext("%(count)s left alone", "%(count)s left alone", left, count=formats.number(left))
        )
    return ", ".join(told)


def _detail(job: Job, formats: Formats) -> str:
    if job.rows_total:
        return gettext(
            "%(done)s of %(total)s rows",
            done=formats.number(job.rows_done),
            total=formats.number(job.rows_total),
        )
    if not job.rows_done:
        return ""
    return ngettext("%(count)s row", "%(count)s rows", job.rows_done, count=formats.number(job.rows_done))


def _counts(job: Job, formats: Formats) -> tuple[tuple[str, str], ...]:
    if not job.rows_done:
        return ()
    figures = [
        (gettext("Created"), job.created_count),
        (gettext("Deleted for good") if job.kind == PURGE else gettext("Updated"), job.updated_count),
        (gettext("Skipped"), job.skipped_count),
        (gettext("Refused"), job.failed_count),
    ]
    if job.kind != imports.KIND:
        figures = [(word, figure) for word, figure in figures if figure]
    if _has_doubtful(job):
        figures.append((gettext("To review"), imports.to_review(job.id)))
    if not any(figure for _, figure in figures):
        return ((gettext("Rows"), formats.number(job.rows_done)),)
    return tuple((word, formats.number(figure)) for word, figure in figures)


def _stopped(job: Job, formats: Formats) -> str:
    """How far a job came that ended early."""
    if job.state not in ENDED_EARLY:
        return ""
    return _detail(job, formats) if job.rows_done else gettext("Nothing was done.")


def _has_doubtful(job: Job) -> bool:
    return bool(job.kind == imports.KIND and job.result.get("states", {}).get("review"))


def _to_review(job: Job) -> int:
    """How many rows of an import wait for a decision now."""
    return imports.to_review(job.id) if job.is_over and _has_doubtful(job) else 0


def _also(job: Job, formats: Formats) -> tuple[str, ...]:
    """What else came of it: imports of companies make contacts too, a purge takes along what belonged."""
    told = [
        problem(each["message"], {name: formats.number(value) for name, value in each["data"].items()})
        for each in job.result.get("said", ())
    ]
    told += [
        gettext("%(objects)s: %(count)s gone for good", objects=_objects(name), count=formats.number(count))
        for name, count in sorted(job.result.get("gone", {}).items())
    ]
    for what, count in sorted(job.result.get("also", {}).items()):
        name, _, state = what.partition(" ")
        if state == "created" and count:
            objects = gettext(registry.get(name).plural)
            told.append(
                gettext("%(objects)s: %(count)s created", objects=objects, count=formats.number(count))
            )
    return tuple(told)


def _objects(name: str) -> str:
    described = registry.find(name)
    return gettext(described.plural) if described else name


def _link(job: Job) -> tuple[str, str] | None:
    href = _own(job.result.get("href"))
    if href is None:
        return None
    label = job.result.get("label")
    return href, gettext(label) if label else pgettext("act", "Open")


def _own(href: Any) -> str | None:
    return href if isinstance(href, str) and href.startswith("/") and not href.startswith("//") else None
