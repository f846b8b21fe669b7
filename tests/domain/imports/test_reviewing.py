"""Rows that look like a record that is there without being sure: they wait, or go as the plan says."""

from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from app.core.actor import Actor
from app.core.errors import Conflict, Invalid, NotFound
from app.domain.bulk import undoing
from app.domain.imports import deciding, deciding_all, queries, reviewing
from app.domain.imports.deciding import DECISIONS, Decision
from app.domain.jobs import actions as jobs
from app.domain.jobs import queries as job_queries
from app.domain.jobs.models import JobRow
from app.domain.jobs.slices import Budget
from app.domain.notices.models import Notice
from app.records import writing
from tenants.session import session, unit_of_work
from tests.domain.imports.importing import bring, check_of, counts, prepare, sql, status
from tests.work import work_off

# Nobody's e-mail is the same; Anna Lindqvist of Kiel, Holtenauer Straße is.
TABLE = (
    "first name,last name,street,postcode,city,job title\n"
    "Anna,Lindqvist,Holtenauer Straße 12,24105,Kiel,CEO\n"
    "Zacharias,Obermoser,Am Anger 3,83022,Rosenheim,Buyer\n"
).encode()


@pytest.fixture
def anna(files: Actor) -> str:
    """A contact whom the first row looks like."""
    values = {
        "first_name": "Anna", "last_name": "Lindqvist", "street": "Holtenauer Str. 12", "postcode": "24105",
        "city": "Kiel",
    }  # fmt: skip
    with unit_of_work():
        return str(writing.create(files, "contacts", values).id)


def people() -> list[tuple[str, str | None]]:
    """Last names and titles of those who are there."""
    return sql("SELECT last_name, title FROM contacts WHERE deleted_at IS NULL ORDER BY last_name")


def waits(actor: Actor, told: dict[str, Any]) -> list[int]:
    with unit_of_work(read_only=True):
        return [row.number for row in reviewing.page(actor, told["id"])[1]]


def decide(actor: Actor, told: dict[str, Any], decision: Decision, *numbers: int) -> list[str]:
    with unit_of_work():
        answers = deciding.decide(actor, told["id"], decision, numbers or (2,))
        return [each.state for each in answers]


@pytest.mark.usefixtures("anna")
@pytest.mark.parametrize(
    ("doubtful", "expected", "left"),
    [("create", (2, 0, 0, 0), 0), ("review", (1, 0, 0, 0), 1), ("skip", (1, 0, 1, 0), 0)],
)
def test_plan_says_what_becomes_of_them(
    app: Flask, files: Actor, doubtful: str, expected: tuple[int, ...], left: int
) -> None:
    told = bring(app, files, "contacts", TABLE, doubtful=doubtful)
    assert (counts(told), told["to_review"], told["rows"]) == (expected, left, 2)
    assert len(people()) == 1 + expected[0]


@pytest.mark.usefixtures("anna")
def test_dry_run_says_the_same(files: Actor) -> None:
    job_id = prepare(files, "contacts", TABLE, doubtful="review")
    assert check_of(job_id)["states"] == {"review": 1, "created": 1}


def test_row_tells_whom_it_looks_like_and_why(app: Flask, files: Actor, anna: str) -> None:
    told = bring(app, files, "contacts", TABLE, doubtful="review")
    with unit_of_work(read_only=True):
        job, row = reviewing.show(files, told["id"], 2)
        said = reviewing.drafted(files, queries.plan_of(job), row)
    assert (row.line, row.cells[1], [str(each.record_id) for each in row.alike]) == (2, "Lindqvist", [anna])
    assert {each.code for each in row.alike[0].likeness.reasons} >= {"same_name", "same_street"}
    assert said["title"] == "CEO"


ENDS = {
    "create": ((2, 0, 0, 0), [("Lindqvist", "CEO"), ("Lindqvist", None), ("Obermoser", "Buyer")]),
    "merge": ((1, 1, 0, 0), [("Lindqvist", "CEO"), ("Obermoser", "Buyer")]),
    "skip": ((1, 0, 1, 0), [("Lindqvist", None), ("Obermoser", "Buyer")]),
}


@pytest.mark.usefixtures("anna")
@pytest.mark.parametrize("decision", DECISIONS)
def test_decision_is_done_counted_and_taken_back_with_the_import(
    app: Flask, files: Actor, decision: Decision
) -> None:
    told = bring(app, files, "contacts", TABLE, doubtful="review")
    decide(files, told, decision)
    after = status(files, told["id"])
    assert (counts(after), sorted(people(), key=str)) == ENDS[decision]
    assert after["to_review"] == 0
    with pytest.raises(NotFound):
        decide(files, told, decision)
    with unit_of_work():
        undoing.ask(files, told["id"])
    work_off(app)
    assert people() == [("Lindqvist", None)]


@pytest.mark.usefixtures("anna")
def test_what_nobody_decided_is_left_out_when_taken_back(app: Flask, files: Actor) -> None:
    told = bring(app, files, "contacts", TABLE, doubtful="review")
    with unit_of_work():
        undoing.ask(files, told["id"])
    work_off(app)
    after = status(files, told["id"])
    assert (counts(after), after["to_review"]) == ((1, 0, 1, 0), 0)
    assert people() == [("Lindqvist", None)]


@pytest.mark.usefixtures("anna")
def test_repeated_run_creates_nothing(app: Flask, files: Actor) -> None:
    first = bring(app, files, "contacts", TABLE, doubtful="review")
    decide(files, first, "merge")
    again = bring(app, files, "contacts", TABLE, doubtful="review")
    assert (counts(again), again["to_review"]) == ((0, 0, 0, 0), 2)
    assert len(people()) == 2


@pytest.mark.usefixtures("anna")
def test_only_what_it_looks_like_is_merged_into(app: Flask, files: Actor) -> None:
    told = bring(app, files, "contacts", TABLE, doubtful="review")
    other = sql("SELECT id FROM contacts WHERE last_name = 'Obermoser'")[0][0]
    with pytest.raises(Invalid), unit_of_work():
        deciding.decide(files, told["id"], "merge", [2], other)
    assert waits(files, told) == [2]


def test_draft_has_nothing_to_decide(files: Actor) -> None:
    job_id = prepare(files, "contacts", TABLE, doubtful="review")
    with pytest.raises((Conflict, NotFound)), unit_of_work():
        deciding.decide(files, job_id, "create", [2])


# Each row looks like one of those who are there.
FAMILY = [f"{first} Lindqvist" for first in ("Anna", "Bert", "Carl", "Dora", "Emil", "Frida")]


@pytest.fixture
def family(files: Actor) -> None:
    rows = [writing.Row({"first_name": each.split()[0], "last_name": "Lindqvist", **HOME}) for each in FAMILY]
    with unit_of_work():
        writing.write_many(files, "contacts", rows)


HOME = {"street": "Holtenauer Str. 12", "postcode": "24105", "city": "Kiel"}


def table() -> bytes:
    lines = [f"{each.split()[0]},Lindqvist,Holtenauer Straße 12,24105,Kiel,CEO" for each in FAMILY]
    return "\n".join(["first name,last name,street,postcode,city,job title", *lines, ""]).encode()


@pytest.mark.usefixtures("family")
def test_several_rows_are_decided_at_once(app: Flask, files: Actor) -> None:
    told = bring(app, files, "contacts", table(), doubtful="review")
    first, *others = waits(files, told)
    assert len(others) == 5
    assert decide(files, told, "merge", *others[:3]) == ["updated"] * 3
    assert decide(files, told, "create", first, *others[:3]) == ["created"], "decided ones have no answer"
    with pytest.raises(Invalid), unit_of_work():
        deciding.decide(files, told["id"], "skip", range(1, 202))
    after = status(files, told["id"])
    assert (counts(after), after["to_review"]) == ((1, 3, 0, 0), 2)


@pytest.mark.usefixtures("family")
@pytest.mark.parametrize(
    ("decision", "ends", "titles"),
    [("create", (6, 0, 0, 0), (12, 6)), ("merge", (0, 6, 0, 0), (6, 6)), ("skip", (0, 0, 6, 0), (6, 0))],
)
def test_all_that_wait_are_decided_by_a_job_and_taken_back_with_the_import(
    app: Flask, files: Actor, decision: Decision, ends: tuple[int, ...], titles: tuple[int, int]
) -> None:
    told = bring(app, files, "contacts", table(), doubtful="review")
    with unit_of_work():
        job_id = deciding_all.ask(files, told["id"], decision).id
    work_off(app)
    with unit_of_work(read_only=True):
        job = job_queries.one(files, job_id)
        assert (job.state, job.rows_done, job.rows_total) == ("done", 6, 6)
    after = status(files, told["id"])
    assert (counts(after), after["to_review"]) == (ends, 0)
    assert (len(people()), sum(title == "CEO" for _, title in people())) == titles
    with pytest.raises(NotFound), unit_of_work():
        deciding_all.ask(files, told["id"], decision)
    with unit_of_work():
        undoing.ask(files, told["id"])
    work_off(app)
    assert people() == [("Lindqvist", None)] * 6


@pytest.mark.usefixtures("family")
def test_decisions_cancelled_half_way_stay_so_far(
    app: Flask, files: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = bring(app, files, "contacts", table(), doubtful="review")
    with unit_of_work():
        job_id = deciding_all.ask(files, told["id"], "merge").id
    monkeypatch.setattr(Budget, "is_spent", lambda _: True)
    monkeypatch.setattr(deciding, "MOST", 2)
    work_off(app, most=1)
    with unit_of_work():
        jobs.cancel(files, job_id)
    work_off(app)
    after = status(files, told["id"])
    assert (counts(after), after["to_review"]) == ((0, 2, 0, 0), 4)
    with unit_of_work():
        undoing.ask(files, told["id"])
    work_off(app)
    assert people() == [("Lindqvist", None)] * 6
    assert status(files, told["id"])["to_review"] == 0


def test_row_whose_record_is_gone_waits_on(app: Flask, files: Actor, anna: str) -> None:
    told = bring(app, files, "contacts", TABLE, doubtful="review")
    with unit_of_work():
        writing.trash(files, "contacts", UUID(anna))
    with unit_of_work(read_only=True):
        assert reviewing.show(files, told["id"], 2)[1].alike == []
    with pytest.raises(Invalid), unit_of_work():
        deciding.decide(files, told["id"], "merge", [2])
    with unit_of_work():
        deciding_all.ask(files, told["id"], "merge")
    work_off(app)
    assert waits(files, told) == [2]
    assert decide(files, told, "create") == ["created"]


@pytest.mark.usefixtures("anna")
def test_row_that_cannot_be_stored_is_told_among_the_refused(app: Flask, files: Actor) -> None:
    told = bring(app, files, "contacts", TABLE, doubtful="review")
    with unit_of_work():  # as if the field took less since
        row = session.scalars(select(JobRow).where(JobRow.state == queries.WAITING)).one()
        row.data = {**row.data, "cells": ["Anna", "Lindqvist", "x" * 100_000, "24105", "Kiel", "CEO"]}
    assert decide(files, told, "create") == ["failed"]
    after = status(files, told["id"])
    assert (counts(after), after["to_review"]) == ((1, 0, 0, 1), 0)
    with unit_of_work(read_only=True):
        job = queries.one(files, told["id"])
        assert job.result["errors_href"].endswith("/errors.csv")


@pytest.mark.usefixtures("anna")
def test_who_imported_is_told_that_rows_wait(app: Flask, files: Actor) -> None:
    told = bring(app, files, "contacts", TABLE, doubtful="review")
    with unit_of_work(read_only=True):
        kinds = list(session.scalars(select(Notice.kind).where(Notice.record_id == UUID(told["id"]))))
    assert kinds == ["job_waits"]
