"""One job, one effect: removal and effect in one transaction, failures put back, strangers refused."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from app.core.clock import now
from app.core.ids import new_id
from app.core.queue import cancel, enqueue, enqueue_control
from tenants import provisioning
from tenants.context import NoTenant, Tenant, current, entered
from tenants.session import session, unit_of_work
from tests import work
from tests.workers import jobs
from workers import execution
from workers.claims import Connection
from workers.envelope import Envelope, Refused, opened
from workers.execution import execute, wait
from workers.relay import connect

Stage = Callable[..., None]


@pytest.fixture(autouse=True)
def _nothing_is_tried_again_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What failed waits longer than any pause of the machine between two looks at what is due."""
    monkeypatch.setattr(execution, "wait", lambda *_: timedelta(minutes=10))


@pytest.fixture
def cell(ground_floor: None) -> Iterator[Connection]:
    url, _ = work.places()[0]
    with connect(url) as connection:
        connection.execute("DELETE FROM kith.outbox")
        yield connection


@pytest.fixture
def stage(app: Flask, tenant: Tenant, cell: Connection) -> Stage:
    """stage(name, tenant=..., payload and arguments of enqueue): committed."""

    def put(name: str, payload: dict[str, Any], to: Tenant = tenant, **options: Any) -> None:
        with app.app_context(), entered(to), unit_of_work():
            enqueue(name, payload, **options)

    return put


def effects(app: Flask, tenant: Tenant) -> dict[str, Any]:
    with app.app_context(), entered(tenant), unit_of_work(read_only=True):
        return {
            row.key: row.value
            for row in session.execute(text("SELECT key, value FROM settings WHERE key LIKE 'effect%'"))
        }


def row(cell: Connection) -> tuple[Any, ...]:
    found = cell.execute("SELECT state, attempts, error, due_at > now(), key FROM kith.outbox").fetchall()
    assert len(found) == 1
    return tuple(found[0])


def test_job_runs_and_leaves_outbox(app: Flask, tenant: Tenant, stage: Stage, cell: Connection) -> None:
    stage("test.effect", {"key": "effect"})
    assert work.work_off(app) == 1
    assert effects(app, tenant) == {"effect": 1}
    assert cell.execute("SELECT count(*) FROM kith.outbox").fetchone() == (0,)


def test_doubled_message_has_one_effect(app: Flask, tenant: Tenant, stage: Stage, cell: Connection) -> None:
    stage("test.effect", {"key": "effect"})
    (envelope,) = work.claim(cell)
    for _ in range(3):
        execute(app, envelope)
    assert effects(app, tenant) == {"effect": 1}


def test_timer_gives_way_to_who_changes_its_record(
    app: Flask, tenant: Tenant, stage: Stage, cell: Connection
) -> None:
    """Somebody holds the record, the timer's job wants it, somebody wants the timer: nobody is refused."""
    stage("test.effect", {"key": "effect"}, key="timer")
    (envelope,) = work.claim(cell)
    with app.app_context(), entered(tenant), unit_of_work():
        jobs.count("effect")
        session.flush()
        job = threading.Thread(target=execute, args=(app, envelope))
        job.start()
        time.sleep(0.1)
        enqueue("test.effect", {"key": "effect"}, key="timer")
    job.join()
    work.work_off(app)
    assert effects(app, tenant) == {"effect": 2}
    assert cell.execute("SELECT count(*) FROM kith.outbox").fetchone() == (0,)


def test_nothing_staged_by_undone_transaction(app: Flask, tenant: Tenant, cell: Connection) -> None:
    with app.app_context(), entered(tenant), suppress(ZeroDivisionError), unit_of_work():
        enqueue("test.effect", {"key": "effect"})
        raise ZeroDivisionError
    assert work.work_off(app) == 0


def test_failure_undoes_effect_and_waits(app: Flask, tenant: Tenant, stage: Stage, cell: Connection) -> None:
    stage("test.fail", {"key": "effect"}, key="timer")
    assert work.work_off(app) == 1
    assert effects(app, tenant) == {}
    assert row(cell) == ("staged", 1, "RuntimeError: no luck", True, "timer")


def test_job_is_given_up_after_its_attempts(app: Flask, stage: Stage, cell: Connection) -> None:
    stage("test.fail", {"key": "effect"}, key="timer")
    for _ in range(3):
        cell.execute("UPDATE kith.outbox SET due_at = now()")
        work.work_off(app)
    assert row(cell)[:3] == ("dead", 3, "RuntimeError: no luck")
    assert row(cell)[4] is None


def test_what_rules_refuse_is_not_retried(app: Flask, stage: Stage, cell: Connection) -> None:
    stage("test.refuse", {})
    work.work_off(app)
    assert row(cell)[0] == "dead"


def test_unknown_job_waits_for_its_release(app: Flask, stage: Stage, cell: Connection) -> None:
    stage("test.tomorrow", {})
    work.work_off(app)
    assert row(cell)[:2] == ("staged", 1)


def test_waits_double_with_jitter_up_to_an_hour() -> None:
    assert timedelta(seconds=1) <= wait(1) <= timedelta(seconds=3)
    assert timedelta(seconds=8) <= wait(4) <= timedelta(seconds=24)
    assert wait(40) <= timedelta(minutes=90)


def test_slices_continue_from_their_checkpoint(
    app: Flask, tenant: Tenant, stage: Stage, cell: Connection
) -> None:
    stage("test.slices", {"key": "effect", "slices": 3})
    assert work.work_off(app) == 3
    assert effects(app, tenant) == {"effect": 3}


def test_old_message_cannot_hasten_a_later_slice(
    app: Flask, tenant: Tenant, stage: Stage, cell: Connection
) -> None:
    stage("test.slices", {"key": "effect", "slices": 2, "delay": 60})
    (envelope,) = work.claim(cell)
    execute(app, envelope)
    execute(app, envelope)
    assert effects(app, tenant) == {"effect": 1}


def test_timer_staged_again_replaces_the_earlier(app: Flask, stage: Stage, cell: Connection) -> None:
    stage("test.effect", {"key": "a"}, key="timer", due_at=now() + timedelta(hours=1))
    stage("test.effect", {"key": "b"}, key="timer", due_at=now() + timedelta(hours=2))
    assert cell.execute("SELECT payload ->> 'key' FROM kith.outbox").fetchall() == [("b",)]


def test_cancelled_timer_never_runs(app: Flask, tenant: Tenant, stage: Stage, cell: Connection) -> None:
    stage("test.effect", {"key": "effect"}, key="timer")
    with app.app_context(), entered(tenant), unit_of_work():
        cancel("timer")
    assert work.work_off(app) == 0


def test_message_of_another_tenant_does_nothing(
    app: Flask, stage: Stage, cell: Connection, tenant: Tenant, make_tenant: Callable[..., Tenant]
) -> None:
    stage("test.effect", {"key": "effect"})
    (envelope,) = work.claim(cell)
    execute(app, Envelope(envelope.id, "tenant", make_tenant("suedwind").schema))
    assert effects(app, tenant) == {}
    assert row(cell)[0] == "sent"


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"id": str(new_id())},
        {"id": str(new_id()), "scope": "tenant", "tenant": ""},
        {"id": str(new_id()), "scope": "tenant", "tenant": "public"},
        {"id": str(new_id()), "scope": "control", "tenant": "t_aaaaaaaaaaaaaaaa"},
        {"id": "7", "scope": "tenant", "tenant": "t_aaaaaaaaaaaaaaaa"},
    ],
)
def test_message_without_tenant_is_refused(values: dict[str, Any]) -> None:
    with pytest.raises(Refused):
        opened(values)


def test_message_of_unknown_tenant_is_refused(app: Flask, ground_floor: None) -> None:
    with pytest.raises(Refused):
        execute(app, Envelope(new_id(), "tenant", "t_aaaaaaaaaaaaaaaa"))


def test_tenant_never_leaks_to_next_job(
    app: Flask, stage: Stage, cell: Connection, tenant: Tenant, make_tenant: Callable[..., Tenant]
) -> None:
    other = make_tenant("suedwind")
    jobs.seen.clear()
    for _ in range(3):
        stage("test.effect", {"key": "effect"}, to=tenant)
        stage("test.fail", {"key": "effect"}, to=other)
        work.work_off(app)
        with pytest.raises(NoTenant):
            current()
    assert effects(app, tenant) == {"effect": 3}
    assert effects(app, other) == {}


@pytest.mark.parametrize(
    "case", [("suspended", 1, {}), ("frozen", 1, {}), ("deleting", 1, {}), ("read_only", 0, {"effect": 1})]
)
def test_jobs_run_or_wait_as_the_state_says(
    app: Flask, tenant: Tenant, stage: Stage, cell: Connection, case: tuple[str, int, dict[str, int]]
) -> None:
    state, left, done = case
    stage("test.effect", {"key": "effect"})
    provisioning.set_state(tenant, state)
    work.work_off(app)
    assert effects(app, tenant) == done
    assert cell.execute("SELECT count(*) FROM kith.outbox").fetchone() == (left,)


def test_control_jobs_are_of_another_kind(app: Flask, ground_floor: None, cell: Connection) -> None:
    jobs.seen.clear()
    with app.app_context(), unit_of_work():
        enqueue_control("test.control", {}, queue="fast")
        enqueue_control("test.effect", {"key": "effect"}, queue="fast")
    work.work_off(app)
    assert jobs.seen == ["control"]
