"""Files that we write for somebody to save: CSV, and the refused rows of an import with their reasons."""

import csv
import io
from collections.abc import Iterator
from tempfile import SpooledTemporaryFile
from typing import IO
from urllib.parse import quote

from werkzeug.wrappers import Response

from app.core.actor import Actor
from app.domain.bulk import telling
from app.domain.imports import queries
from app.domain.imports.rules.formula import safe_cell
from app.domain.imports.rules.header import REPORT
from app.domain.jobs.models import Job
from app.records.labels import titles_of
from app.ui import imports as words

_PIECE = 64 * 1024
_IN_MEMORY = 4 * 1024 * 1024


def refused_rows(actor: Actor, job: Job) -> Response:
    """The refused rows of an import with their reasons, to mend and bring again."""
    name = f"{job.title.rpartition('.')[0] or job.title}-errors.csv"
    return download(csv_lines(_error_lines(actor, job)), name)


def left_alone(actor: Actor, job: Job) -> Response:
    """The records that a job left alone, with what they are called and the reasons."""
    return download(csv_lines(_left_lines(actor, job)), f"{job.object or job.kind}-problems.csv")


def csv_lines(rows: Iterator[list[str]]) -> Iterator[str]:
    """Lines of a CSV file with a byte-order mark, so that Excel reads it as UTF-8, and without formulas."""
    yield "\ufeff"
    for row in rows:
        line = io.StringIO(newline="")
        csv.writer(line).writerow([safe_cell(cell.encode("utf-8", "replace").decode()) for cell in row])
        yield line.getvalue()


def download(lines: Iterator[str], name: str) -> Response:
    """The lines as a file, written out before the request's transaction ends; large ones lie on the disk."""
    file = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - closed by who reads it
    try:
        file.writelines(line.encode() for line in lines)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
    return Response(_pieces(file), mimetype="text/csv", headers=headers)


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while piece := file.read(_PIECE):
            yield piece


def _left_lines(actor: Actor, job: Job) -> Iterator[list[str]]:
    yield ["row", "id", "record", "status", "field", "code", "problem"]
    for rows in telling.problem_pages(actor, job):
        titles = titles_of(actor, job.object or "", {row.record_id for row in rows if row.record_id})
        for row in rows:
            for problem in row.problems:
                known = titles.get(row.record_id, "") if row.record_id else ""
                why = " ".join(words.why_of([problem]))
                told = [str(row.row_number), str(row.record_id or ""), known, row.state]
                yield [*told, problem["path"], problem["code"], why]


def _error_lines(actor: Actor, job: Job) -> Iterator[list[str]]:
    plan = queries.plan_of(job)
    kept = [place for place, column in enumerate(plan.columns) if column.name not in REPORT]
    yield [*(plan.columns[place].name for place in kept), *REPORT]
    for cells, row in queries.refused(actor, job):
        own = [cells[place] if place < len(cells) else "" for place in kept]
        first = row.problems[0] if row.problems else {}
        why = " ".join(words.why_of(row.problems))
        line = str(row.data.get("line", row.row_number))
        yield [*own, line, first.get("path", ""), first.get("code", ""), why]
