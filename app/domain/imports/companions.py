"""The second object that a row fills: a company's contact person, an order's delivery."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, any_, bindparam, select
from sqlalchemy.dialects.postgresql import ARRAY

from app.core.errors import Problem
from app.domain.imports.finding import find
from app.domain.imports.rules.groups import Answer, Group, State
from app.domain.imports.rules.plan import Plan
from app.domain.imports.targets import COMPANIONS, Companion
from app.records import registry, writing
from app.records.habits import Habits
from tenants.session import session

Write = Callable[[str, list[writing.Row]], list[writing.Outcome]]
Stored = Sequence[tuple[Group, Answer]]


def store(
    plan: Plan, stored: Stored, write: Write, also: "Counter[tuple[str, State]]", habits: Habits
) -> None:
    """Store the companions of `stored` rows; a row whose companion is refused counts as failed."""
    for companion in COMPANIONS.get(plan.object, ()):
        wanted = _wanted(companion, stored)
        if not wanted:
            continue
        known = _known(companion, [values for values, _ in wanted], habits)
        rows = [writing.Row(values, known.get(_key(companion, values))) for values, _ in wanted]
        outcomes = write(companion.object, rows)
        for outcome, (_, answer) in zip(outcomes, wanted, strict=True):
            also[companion.object, outcome.state] += 1
            _fold(plan, companion, answer, outcome)


def _wanted(companion: Companion, stored: Stored) -> list[tuple[dict[str, Any], Answer]]:
    """Values of each companion once, with the answer of the row that it belongs to."""
    found: dict[tuple[str, str], tuple[dict[str, Any], Answer]] = {}
    for group, answer in stored:
        for name, part in group.parts:
            if name != companion.name or not any(value not in (None, "") for value in part.values()):
                continue
            values = {**part, companion.link: answer.record_id}
            earlier = found.setdefault(_key(companion, values), (values, answer))
            earlier[0].update(values)
    return list(found.values())


def _key(companion: Companion, values: dict[str, Any]) -> tuple[str, str]:
    """What the companion is recognised by among those of its record."""
    owner = str(values[companion.link])
    if companion.key != "name":
        return owner, ""
    if values.get("email"):
        return owner, values["email"]
    return owner, _name(values.get("first_name"), values.get("last_name"))


def _name(first: str | None, last: str | None) -> str:
    return f"{first or ''} {last or ''}".strip().casefold()


def _known(
    companion: Companion, wanted: Sequence[dict[str, Any]], habits: Habits
) -> dict[tuple[str, str], UUID]:
    """The companions that are there already, by what they are recognised by."""
    table = registry.get(companion.object).table
    columns = table.c
    owners = bindparam("owners", list({values[companion.link] for values in wanted}), ARRAY(Uuid))
    live = select(table).where(columns[companion.link] == any_(owners), columns.deleted_at.is_(None))
    found: dict[tuple[str, str], UUID] = {}
    for row in session.execute(live.order_by(columns.id)).mappings():
        owner = str(row[companion.link])
        if companion.key != "name":
            found.setdefault((owner, ""), row["id"])
            continue
        found.setdefault((owner, _name(row["first_name"], row["last_name"])), row["id"])
        if row["email"]:
            found.setdefault((owner, row["email"]), row["id"])
    return found | _by_email(companion, wanted, habits)


def _by_email(
    companion: Companion, wanted: Sequence[dict[str, Any]], habits: Habits
) -> dict[tuple[str, str], UUID]:
    """People are found by their e-mail wherever they work."""
    emails = {values["email"]: str(values[companion.link]) for values in wanted if values.get("email")}
    found = find(companion.object, "email", list(emails), "", habits)
    return {(emails[email], email): ids[0] for email, ids in found.items() if ids}


def _fold(plan: Plan, companion: Companion, answer: Answer, outcome: writing.Outcome) -> None:
    """The row's answer with what became of its companion."""
    if outcome.state == "failed":
        names = {column.target: column.name for column in plan.columns}
        answer.state = "failed"
        answer.problems += [
            Problem(names.get(f"{companion.name}.{each.path}", ""), each.code, each.message, each.data)
            for each in outcome.problems
        ]
    elif answer.state == "skipped" and outcome.state != "skipped":
        answer.state = "updated"
