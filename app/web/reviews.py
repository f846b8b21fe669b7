"""Rows of an import that look like records which are there: the list, one beside the record, the decision."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import render_template, request
from markupsafe import Markup
from werkzeug.wrappers import Response

from app.core.errors import Invalid
from app.core.ids import parse_id
from app.domain.imports import deciding, deciding_all, queries, reviewing
from app.domain.imports.deciding import DECISIONS
from app.domain.imports.doubts import Alike
from app.domain.imports.reviewing import Doubtful
from app.domain.imports.rules.groups import Answer
from app.records import reading, registry
from app.records.labels import titles_of
from app.records.record import Record
from app.records.titles import title
from app.records.types import ObjectType
from app.ui import cells
from app.ui.errors import say
from app.ui.http import see_other, toast
from app.ui.records import likeness, values
from app.ui.records.likeness import Why
from app.ui.say import gettext as _
from app.ui.say import ngettext
from app.ui.standing.words import formats
from app.web.doors import actor, workspace

# Cells that tell in the list which row it is.
SHOWN_CELLS = 4


@dataclass(frozen=True)
class Waiting:
    """A row of the list: line, first cells, and the record that it looks like most, with the reasons."""

    number: int
    line: int
    cells: str
    record_id: UUID | None
    title: str
    sure: bool
    reasons: Sequence[Why]


@dataclass(frozen=True)
class Beside:
    """A record that the row looks like: fields in which the two differ, and the reasons."""

    record: Record
    sure: bool
    reasons: Sequence[Why]
    lines: Sequence[tuple[str, Markup, Markup]]


@workspace.get("/imports/<uuid:job_id>/review")
def list_doubtful(job_id: UUID) -> str:
    """What waits for a decision."""
    after = max(0, request.args.get("after", 0, type=int))
    job, rows, more = reviewing.page(actor(), job_id, after)
    described = registry.get(job.object or "")
    ids = [row.alike[0].record_id for row in rows if row.alike]
    titles = titles_of(actor(), described.name, ids)
    return render_template(
        "web/imports/review.html",
        job=job,
        described=described,
        rows=[_waiting(row, titles) for row in rows],
        left=queries.to_review(job.id),
        next=rows[-1].number if more else None,
        write=formats(),
    )


@workspace.get("/imports/<uuid:job_id>/review/<int:row_number>")
def show_doubtful(job_id: UUID, row_number: int) -> str:
    """One row beside the records that it looks like."""
    job, row = reviewing.show(actor(), job_id, row_number)
    described = registry.get(job.object or "")
    said = reviewing.drafted(actor(), queries.plan_of(job), row)
    return render_template(
        "web/imports/doubtful.html",
        job=job,
        described=described,
        row=row,
        name=title(described, said) or _first_cells(row),
        beside=[_beside(described, each, said) for each in row.alike],
    )


@workspace.post("/imports/<uuid:job_id>/review")
def decide_doubtful(job_id: UUID) -> Response:
    """What becomes of the rows that are named, or by a job of all that wait: create, merge or skip."""
    job = reviewing.opened(actor(), job_id)
    wanted = request.form.get("decision", "")
    if wanted not in DECISIONS:
        raise Invalid.one("decision", "not_a_choice", _("Choose what becomes of the row."))
    if request.form.get("all"):
        return see_other(f"/jobs/{deciding_all.ask(actor(), job.id, wanted).id}")
    record_id = parse_id(request.form.get("record", ""))
    numbers = [int(each) for each in request.form.getlist("row") if each.isdecimal() and len(each) < 11]
    try:
        _tell(deciding.decide(actor(), job.id, wanted, numbers, record_id))
    except Invalid as refused:
        toast(" ".join(map(say, refused.problems)), broken=True)
    left = queries.to_review(job.id)
    return see_other(f"/imports/{job_id}/review" if left else f"/jobs/{job_id}")


def _tell(answers: Sequence[Answer]) -> None:
    """What came of it where it is not what was wanted; of one row the reason itself."""
    failed = [each for each in answers if each.state == "failed"]
    waiting = sum(each.state == "review" for each in answers)
    if failed and len(answers) == 1:
        toast(" ".join(map(say, failed[0].problems)), broken=True)
    elif failed:
        told = ngettext(
            "%(num)s row was refused; it stands among the refused ones.",
            "%(num)s rows were refused; they stand among the refused ones.",
            len(failed),
        )
        toast(told, broken=True)
    if waiting:
        told = ngettext(
            "The records that %(num)s row looked like are gone, so it still waits.",
            "The records that %(num)s rows looked like are gone, so they still wait.",
            waiting,
        )
        toast(told, broken=True)


def _waiting(row: Doubtful, titles: Mapping[UUID, str]) -> Waiting:
    best = row.alike[0] if row.alike else None
    return Waiting(
        number=row.number,
        line=row.line,
        cells=_first_cells(row),
        record_id=best.record_id if best else None,
        title=titles.get(best.record_id, "") if best else "",
        sure=bool(best and best.likeness.score >= likeness.SURE),
        reasons=likeness.reasons(best.likeness) if best else (),
    )


def _first_cells(row: Doubtful) -> str:
    return " · ".join([each.strip()[:60] for each in row.cells if each.strip()][:SHOWN_CELLS])


def _beside(described: ObjectType, alike: Alike, said: Mapping[str, Any]) -> Beside:
    record = reading.fetch(actor(), described.name, alike.record_id)
    return Beside(
        record,
        alike.likeness.score >= likeness.SURE,
        likeness.reasons(alike.likeness),
        list(_lines(described, record, said)),
    )


def _lines(
    described: ObjectType, record: Record, said: Mapping[str, Any]
) -> Sequence[tuple[str, Markup, Markup]]:
    """Fields that the row says something of: the label, what stands there, what the row says."""
    row = Record(described.name, record.id, record.version, "", said)
    told = []
    for field in described.fields:
        if field.name in said and field.stored and not field.hidden:
            write = values.show(field, formats())
            here, there = (
                cells.EMPTY if each.get(field.name) in (None, "") else write(each) for each in (record, row)
            )
            told.append((_(field.label), here, there))
    return told
