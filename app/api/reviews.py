"""Rows of an import that look like records which are there: what waits, and what becomes of it."""

from collections.abc import Mapping
from typing import Any, cast
from uuid import UUID

from flask import Response, request

from app.api import asking
from app.api.answers import body, told
from app.api.doors import actor, api
from app.api.jobs import view
from app.api.problems import errors_of
from app.api.scopes import needs
from app.core.errors import Invalid, Problem
from app.core.ids import parse_id
from app.core.text import N_
from app.domain.imports import deciding, deciding_all, queries, reviewing
from app.domain.imports.deciding import DECISIONS, MOST, Decision
from app.domain.imports.doubts import Alike
from app.domain.imports.reviewing import Doubtful
from app.domain.imports.rules.groups import Answer

_KNOWN = ("decision", "rows", "all", "record_id")
NO_DECISION = N_("decision is one of: %(known)s.")
NO_ROWS = N_("Name the rows, or say all.")
BAD_ROWS = N_("rows is a list of 1 to %(most)s numbers of rows.")
NO_FLAG = N_("%(name)s is true or false.")
BAD_RECORD = N_("record_id is an id.")
BAD_CURSOR = N_("This is no cursor of this list.")


@api.get("/imports/<uuid:import_id>/review")
@needs("imports:run", "jobs:read")
def list_doubtful(import_id: UUID) -> Response:
    """The rows that wait, with the records that each looks like, the likest first."""
    asking.known(("limit", "cursor"))
    job, rows, more = reviewing.page(actor(), import_id, _after(), asking.page_size(MOST))
    names = [column.name for column in queries.plan_of(job).columns]
    data = [_row(each, names) for each in rows]
    return told({"data": data, "next_cursor": str(rows[-1].number) if more else None})


@api.post("/imports/<uuid:import_id>/decisions")
@needs("imports:run", "jobs:read")
def decide_doubtful(import_id: UUID) -> Response:
    """What becomes of the named rows, at once; of all that wait, by a job."""
    asking.known(())
    job = reviewing.opened(actor(), import_id)
    content = body()
    decision, rows, record_id = _read(content)
    if rows is None:
        begun = deciding_all.ask(actor(), job.id, decision)
        return told(view(begun), 202, {"Location": f"/api/v1/jobs/{begun.id}"})
    answers = deciding.decide(actor(), job.id, decision, rows, record_id)
    return told({"results": [_result(each) for each in answers]})


def _after() -> int:
    written = request.args.get("cursor", "")
    if written and not (written.isascii() and written.isdigit() and len(written) < 11):
        raise Invalid.one("cursor", "bad_cursor", BAD_CURSOR)
    return int(written or 0)


def _row(known: Doubtful, names: list[str]) -> dict[str, Any]:
    cells = dict(zip(names, known.cells, strict=False))
    return {
        "row": known.number,
        "line": known.line,
        "cells": cells,
        "alike": [_alike(each) for each in known.alike],
    }


def _alike(alike: Alike) -> dict[str, Any]:
    reasons = [{"code": each.code, "points": each.points} for each in alike.likeness.reasons]
    return {"id": alike.record_id, "score": alike.likeness.score, "reasons": reasons}


def _result(answer: Answer) -> dict[str, Any]:
    return {
        "row": answer.draft.row.number,
        "status": answer.state,
        "id": answer.record_id,
        "errors": errors_of(tuple(answer.problems)),
    }


def _read(content: Mapping[str, Any]) -> tuple[Decision, list[int] | None, UUID | None]:
    """The decision, the rows (None: all of them), and over which record one of them is laid."""
    problems = [asking.unknown_field(name, _KNOWN) for name in content if name not in _KNOWN]
    decision, rows, given = content.get("decision"), content.get("rows"), content.get("record_id")
    if decision not in DECISIONS:
        problems.append(Problem("decision", "not_a_choice", NO_DECISION, {"known": ", ".join(DECISIONS)}))
    if not isinstance(content.get("all"), bool | None):
        problems.append(Problem("all", "not_a_flag", NO_FLAG, {"name": "all"}))
    if rows is None and content.get("all") is not True:
        problems.append(Problem("rows", "required", NO_ROWS))
    if rows is not None and not _are_numbers(rows):
        problems.append(Problem("rows", "not_numbers", BAD_ROWS, {"most": MOST}))
    if rows is not None and content.get("all") is True:
        problems.append(Problem("rows", "ambiguous", NO_ROWS))
    record_id = parse_id(given) if isinstance(given, str) else None
    if given is not None and record_id is None:
        problems.append(Problem("record_id", "not_an_id", BAD_RECORD))
    if record_id and rows is None:
        problems.append(Problem("record_id", "ambiguous", deciding.FOR_ONE))
    if problems:
        raise Invalid(problems)
    return cast(Decision, decision), rows, record_id


def _are_numbers(rows: Any) -> bool:
    """Whether it is a list of numbers of rows; True is no number."""
    return (
        isinstance(rows, list)
        and 1 <= len(rows) <= MOST
        and all(isinstance(each, int) and not isinstance(each, bool) and each > 0 for each in rows)
    )
