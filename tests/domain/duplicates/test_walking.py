"""The search through all records: in short steps, resumable, told at once, the likeliest pairs kept."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select, text

from app.core.actor import Actor
from app.core.grants import ANY, VERBS, Grants
from app.domain.duplicates import actions, comparing, forgetting, gathering, queries, searching, walking
from app.domain.jobs import actions as jobs
from app.domain.jobs import slices
from app.domain.jobs.models import Job, JobRow
from app.domain.jobs.slices import Budget
from app.records import writing
from app.records.joining.moving import FOUND
from app.records.joining.pointers import links
from tenants.session import session

CAROL = {"first_name": "Carol", "last_name": "Müller", "city": "Köln", "phone": "+49 221 4711"}


def _create(actor: Actor, **values: Any) -> UUID:
    return writing.create(actor, "contacts", values).id


def _create_many(actor: Actor, rows: list[dict[str, Any]]) -> None:
    writing.write_many(actor, "contacts", [writing.Row(each) for each in rows], quiet=True)


def _pairs(actor: Actor) -> set[frozenset[UUID]]:
    return {frozenset((pair.one, pair.other)) for pair in queries.page(actor, "contacts")[0]}


def _steps(actor: Actor, job: Job) -> Iterator[Job]:
    """The search, one step after the other, each as a slice of its own."""
    while slices.enter(job.id) is not None:
        more = walking.advance(actor, job, Budget(0))
        if not more:
            slices.finish(job)
        session.refresh(job)
        yield job


def _searched(actor: Actor) -> Job:
    job = searching.ask(actor, "contacts")
    for _ in _steps(actor, job):
        pass
    return job


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Chunks and parts so small that a handful of records make many."""
    monkeypatch.setattr(gathering, "CHUNK", 2)
    monkeypatch.setattr(gathering, "PART", 12)


def _laid(job: Job) -> int:
    return session.scalar(select(func.count()).where(JobRow.job_id == job.id)) or 0


@pytest.mark.usefixtures("small")
def test_steps_find_what_one_pass_would(ann: Actor) -> None:
    people = [_create(ann, **{**CAROL, "phone": f"+49 221 {4711 + n % 2}"}) for n in range(5)]
    _create(ann, first_name="Otto", last_name="Brandt", city="Bonn")
    job = searching.ask(ann, "contacts")
    told = [(step.rows_done, step.rows_total) for step in _steps(ann, job)]

    assert len(_pairs(ann)) == len(people) * (len(people) - 1) / 2
    assert [total for _, total in told] == [6] * len(told)
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert len(told) > 6
    assert told[-1][0] == 6
    assert _laid(job) == 0


@pytest.mark.usefixtures("small")
def test_nothing_is_told_before_the_end(ann: Actor) -> None:
    one, other = _create(ann, **CAROL), _create(ann, **CAROL)
    _searched(ann)
    writing.update(ann, "contacts", other, {"first_name": "Sandra", "phone": None})
    third = _create(ann, **CAROL)
    seen = []
    for step in _steps(ann, searching.ask(ann, "contacts")):
        seen.append((step.state, _pairs(ann)))

    assert {frozenset(pairs) for state, pairs in seen if state != "done"} == {
        frozenset({frozenset((one, other))})
    }
    assert seen[-1] == ("done", {frozenset((one, third))})


@pytest.mark.usefixtures("small")
def test_what_is_decided_meanwhile_stays_decided(ann: Actor) -> None:
    one, other, third, fourth = (_create(ann, **CAROL) for _ in range(4))
    steps = _steps(ann, searching.ask(ann, "contacts"))
    while not session.scalar(select(func.count()).where(links.c.kind == FOUND)):
        next(steps)
    actions.keep_apart(ann, "contacts", other, one)
    actions.merge(ann, "contacts", third, fourth)
    for _ in steps:
        pass

    assert _pairs(ann) == {frozenset((one, third)), frozenset((other, third))}


def test_likeliest_pairs_are_kept(ann: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walking, "MOST_PAIRS", 2)
    sure = {**CAROL, "email": None, "street": "Domplatz 1", "postcode": "50667"}
    best = [frozenset((_create(ann, **{**sure, "last_name": n}), _create(ann, **{**sure, "last_name": n})))
            for n in ("Albrecht", "Zimmermann")]  # fmt: skip
    for name in ("Berger", "Clausen", "Dietrich"):
        for _ in range(2):
            _create(ann, first_name="Eva", last_name=name, city="Ulm")
    job = _searched(ann)

    assert _pairs(ann) == set(best)
    assert [each["message"] for each in job.result["said"]] == [walking.LEFT_OUT]
    assert job.result["said"][0]["data"]["most"] == 2
    assert job.result["said"][0]["data"]["least"] > 68


def test_name_of_very_many_makes_few_pairs(ann: Actor) -> None:
    number = 60
    _create_many(ann, [{"first_name": "Eva", "last_name": "Müller", "city": "Köln"}] * number)
    _create_many(
        ann, [{"first_name": "Eva", "last_name": "Müller", "city": "Köln", "birthday": "1980-05-17"}] * 2
    )
    _searched(ann)

    found, total, _ = queries.page(ann, "contacts")
    assert total < (number + 2) * (comparing.NEXT + 1) * 3
    assert found[0].likeness.reasons[0].code == "same_name"
    assert "same_birthday" in {reason.code for reason in found[0].likeness.reasons}


def test_what_very_many_share_is_not_compared_by(ann: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walking, "LARGEST", 3)
    _create_many(
        ann, [{"first_name": f"{n}va", "last_name": f"{n}eyer", "phone": "+49 30 1"} for n in "abcd"]
    )
    job = _searched(ann)

    assert job.result["said"] == [{"message": walking.CROWDED, "data": {"largest": 3, "count": 1}}]


@pytest.mark.usefixtures("small")
def test_stopped_search_goes_on_where_it_was(ann: Actor) -> None:
    one, other = _create(ann, **CAROL), _create(ann, **CAROL)
    job = searching.ask(ann, "contacts")
    next(_steps(ann, job))
    jobs.cancel(ann, job.id)
    assert slices.enter(job.id) is None
    assert job.state == "cancelled"
    before = job.checkpoint
    jobs.retry(ann, job.id)
    session.flush()

    assert job.checkpoint == before
    assert _laid(job) > 0
    for _ in _steps(ann, job):
        pass
    assert _pairs(ann) == {frozenset((one, other))}


@pytest.mark.usefixtures("small")
def test_stopped_search_makes_way_for_the_next(ann: Actor) -> None:
    one, other = _create(ann, **CAROL), _create(ann, **CAROL)
    old = searching.ask(ann, "contacts")
    next(_steps(ann, old))
    jobs.cancel(ann, old.id)
    assert slices.enter(old.id) is None
    new = searching.ask(ann, "contacts")
    next(_steps(ann, new))
    assert _laid(old) == 0
    jobs.retry(ann, old.id)
    session.flush()
    for _ in _steps(ann, old):
        pass
    assert [each["message"] for each in old.result["said"]] == [walking.NEWER]
    for _ in _steps(ann, new):
        pass

    assert _pairs(ann) == {frozenset((one, other))}


@pytest.mark.usefixtures("small")
def test_stopped_search_is_forgotten_after_a_day(ann: Actor) -> None:
    _create(ann, **CAROL)
    job = searching.ask(ann, "contacts")
    next(_steps(ann, job))
    jobs.cancel(ann, job.id)
    assert slices.enter(job.id) is None
    forgetting.clear()
    assert _laid(job) > 0
    session.execute(text("UPDATE jobs SET finished_at = now() - interval '25 hours'"))
    forgetting.clear()
    session.refresh(job)

    assert (_laid(job), job.checkpoint) == (0, {})


def test_pair_is_shown_to_who_sees_both(ann: Actor, bob: Actor) -> None:
    limited = replace(bob, role="custom", grants=Grants({ANY: dict.fromkeys(VERBS, "own")}))
    his = [_create(ann, **CAROL, owner_id=str(bob.member_id)) for _ in range(2)]
    _create(ann, **CAROL, owner_id=str(ann.member_id))
    _searched(ann)

    assert len(_pairs(ann)) == 3
    assert _pairs(limited) == {frozenset(his)}
    assert queries.page(limited, "contacts")[1] == 1
