"""Many records in one request, each with an answer of its own, or all or none."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import Response

from app.api import asking
from app.api.answers import body, told
from app.api.doors import actor, api
from app.api.problems import errors_of, problem
from app.api.scopes import needs
from app.core.errors import Invalid, Problem
from app.core.ids import parse_id
from app.core.text import N_
from app.records import patching, writing
from app.records.types import ObjectType
from app.records.writing import Outcome, Row

MOST = 200
TITLE = N_("Changed through the API")
STATUS = {"created": 201, "updated": 200, "skipped": 200, "failed": 422}
UNDONE = 424
NO_LIST = N_("records is a list of 1 to %(most)s objects.")
NO_OBJECT = N_("Each record is a JSON object.")
NO_ID = N_("id names a record to change. Leave it out to create one.")


@api.post("/<object:described>/batch")
@needs("read", "write")
def write_batch(described: ObjectType) -> Response:
    """Create records, or change those that come with an id; with `atomic` one that fails undoes all."""
    asking.known(())
    is_atomic, rows = _read(body())
    outcomes = writing.write_many(actor(), described.name, patching.merged(described, rows), title=TITLE)
    failed = [place for place, outcome in enumerate(outcomes) if outcome.state == "failed"]
    if not (is_atomic and failed):
        return told({"results": [_result(each, STATUS[each.state]) for each in outcomes]})
    results = [_result(each, 422 if place in failed else UNDONE) for place, each in enumerate(outcomes)]
    errors = [
        error for place in failed for error in errors_of(outcomes[place].problems, f"records[{place}].")
    ]
    detail = "Nothing was stored, because some of the records have problems."
    return problem("invalid", detail, errors=errors, results=results)


def _result(outcome: Outcome, status: int) -> dict[str, Any]:
    record_id = None if status == UNDONE or outcome.record_id is None else str(outcome.record_id)
    return {"status": status, "id": record_id, "errors": errors_of(outcome.problems)}


def _read(content: Mapping[str, Any]) -> tuple[bool, list[Row]]:
    known = ("atomic", "records")
    problems = [asking.unknown_field(name, known) for name in content if name not in known]
    is_atomic, records = content.get("atomic", False), content.get("records")
    if not isinstance(is_atomic, bool):
        problems.append(Problem("atomic", "not_yes_or_no", N_("atomic is true or false.")))
    if not isinstance(records, list) or not 1 <= len(records) <= MOST:
        problems.append(Problem("records", "out_of_range", NO_LIST, {"most": MOST}))
    rows = [] if problems else _rows(records or [], problems)
    if problems:
        raise Invalid(problems)
    return bool(is_atomic), rows


def _rows(records: Sequence[Any], problems: list[Problem]) -> list[Row]:
    rows = []
    for place, record in enumerate(records):
        if not isinstance(record, dict):
            problems.append(Problem(f"records[{place}]", "not_an_object", NO_OBJECT))
            continue
        record_id = _id_of(record, place, problems)
        rows.append(Row({name: value for name, value in record.items() if name != "id"}, record_id))
    return rows


def _id_of(record: Mapping[str, Any], place: int, problems: list[Problem]) -> UUID | None:
    given = record.get("id")
    found = parse_id(given) if isinstance(given, str) else None
    if given is not None and found is None:
        problems.append(Problem(f"records[{place}].id", "not_an_id", NO_ID))
    return found
