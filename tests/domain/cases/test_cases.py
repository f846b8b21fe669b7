"""A case is a promise to answer and to solve, counted in working days."""

from datetime import UTC, datetime
from typing import Any

import pytest

from app.core import clock
from app.core.actor import Actor
from app.records import writing

FRIDAY = datetime(2026, 11, 20, 12, tzinfo=UTC)
MONDAY_NIGHT = datetime(2026, 11, 23, 23, tzinfo=UTC)
WEDNESDAY_NIGHT = datetime(2026, 11, 25, 23, tzinfo=UTC)


def case(actor: Actor, **values: Any) -> Any:
    with clock.frozen(FRIDAY):
        return writing.create(actor, "cases", {"subject": "Where are my pumps?", **values})


@pytest.mark.parametrize(
    ("priority", "answer", "solution"),
    [
        ("urgent", datetime(2026, 11, 20, 23, tzinfo=UTC), MONDAY_NIGHT),
        ("normal", MONDAY_NIGHT, WEDNESDAY_NIGHT),
    ],
)
def test_the_priority_winds_the_clocks(
    ann: Actor, priority: str, answer: datetime, solution: datetime
) -> None:
    made = case(ann, priority=priority)
    assert (made["first_answer_due_at"], made["resolution_due_at"]) == (answer, solution)


def test_another_priority_winds_them_anew(ann: Actor) -> None:
    made = writing.create(ann, "cases", {"subject": "Where are my pumps?"})
    changed = writing.update(ann, "cases", made.id, {"priority": "urgent"})
    assert changed["resolution_due_at"] < made["resolution_due_at"]


def test_a_date_that_was_agreed_stays(ann: Actor) -> None:
    agreed = datetime(2026, 12, 1, 12, tzinfo=UTC)
    assert case(ann, resolution_due_at=agreed)["resolution_due_at"] == agreed


def test_status_and_end_agree(ann: Actor) -> None:
    made = case(ann)
    with clock.frozen(FRIDAY):
        solved = writing.update(ann, "cases", made.id, {"status": "resolved"})
        assert solved["resolved_at"] == FRIDAY
        assert writing.update(ann, "cases", made.id, {"status": "open"})["resolved_at"] is None


def test_imported_history_has_no_clocks(ann: Actor) -> None:
    made = writing.create(ann, "cases", {"subject": "Old", "status": "closed"}, quiet=True)
    assert (made["resolution_due_at"], made["resolved_at"]) == (None, None)
