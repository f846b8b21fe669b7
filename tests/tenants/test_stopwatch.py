"""What a piece of work waits for databases is counted, and only while somebody counts."""

from time import thread_time

import pytest
from sqlalchemy import text

from tenants import stopwatch
from tenants.context import Tenant
from tenants.session import session, unit_of_work

SLEEP = text("SELECT pg_sleep(0.05)")


@pytest.fixture(autouse=True)
def _connected(fresh_connection: None, inside: Tenant) -> None:
    with unit_of_work():
        session.execute(SLEEP)


def test_begins_statements_and_commits_count() -> None:
    with stopwatch.running() as waited, unit_of_work():
        session.execute(SLEEP)
    assert waited.seconds >= 0.05
    assert waited.times == 2  # the begin goes with the statement


def test_each_counts_its_own() -> None:
    with unit_of_work():
        with stopwatch.running() as first:
            session.execute(SLEEP)
        with stopwatch.running() as second:
            pass
        session.execute(SLEEP)
    assert (first.times, second.times) == (1, 0)  # the begin goes with the statement


def test_others_may_go_first_after_each_round_trip() -> None:
    paused: list[int] = []
    with stopwatch.running() as waited, unit_of_work():
        with stopwatch.between(lambda: paused.append(waited.times)):
            session.execute(SLEEP)
            session.execute(SLEEP)
        session.execute(SLEEP)
    assert len(paused) == 2
    assert paused[1] == paused[0] + 1


def test_what_work_costs_is_processor_and_databases() -> None:
    with unit_of_work(), stopwatch.running() as waited:
        began, before = thread_time(), stopwatch.spent()
        session.execute(SLEEP)
        cost = stopwatch.spent() - before
        assert waited.seconds <= cost <= waited.seconds + thread_time() - began
