"""Nobody waits behind somebody else's ten thousand jobs."""

import os
import threading
from datetime import UTC, datetime, timedelta

import pytest

from app.core.queue import LIMITS
from workers.broker import with_worker
from workers.fairness import shares
from workers.middleware import NICENESS

NOW = datetime(2026, 3, 1, tzinfo=UTC)
FAST = LIMITS["fast"]


def lanes(*tenants: str, queue: str = "fast") -> list[tuple[str, str, datetime]]:
    return [(tenant, queue, NOW + timedelta(seconds=place)) for place, tenant in enumerate(tenants)]


def test_one_tenant_gets_its_share_and_no_more() -> None:
    assert shares(lanes("a"), {}) == [("a", "fast", FAST.per_tenant)]


def test_what_is_in_flight_counts() -> None:
    assert shares(lanes("a"), {("a", "fast"): FAST.per_tenant - 1}) == [("a", "fast", 1)]
    assert shares(lanes("a"), {("a", "fast"): FAST.per_tenant}) == []


def test_room_is_divided_one_by_one() -> None:
    tenants = [f"t{number:03}" for number in range(FAST.in_all + 44)]
    given = shares(lanes(*tenants), {})
    assert {number for _, _, number in given} == {1}
    assert [tenant for tenant, _, _ in given] == tenants[: FAST.in_all]


def test_who_has_least_in_flight_comes_first() -> None:
    full = {(f"busy{number}", "fast"): FAST.per_tenant for number in range(31)}
    busy = {**full, ("a", "fast"): 4}
    given = {tenant: number for tenant, _, number in shares(lanes("a", "b"), busy)}
    assert given == {"b": 4}


def test_queues_do_not_share_their_room() -> None:
    full = {(f"t{number}", "bulk"): 2 for number in range(8)}
    assert shares(lanes("new", queue="bulk"), full) == []
    assert shares(lanes("new", queue="mail"), full) == [("new", "mail", LIMITS["mail"].per_tenant)]


@pytest.mark.parametrize(("queue", "niceness"), [("bulk", NICENESS), ("mail", NICENESS), ("fast", 0)])
def test_long_work_lets_pages_go_first(environ: dict[str, str], queue: str, niceness: int) -> None:
    found: list[int] = []
    broker = with_worker(environ["KITH_REDIS_URL"], queue, lambda _: None)

    def boot() -> None:
        thread = threading.current_thread()
        broker.emit_after("worker_thread_boot", thread)
        found.append(os.getpriority(os.PRIO_PROCESS, thread.native_id or 0))

    before = os.getpriority(os.PRIO_PROCESS, 0)
    worker = threading.Thread(target=boot)
    worker.start()
    worker.join()
    assert found == [before + niceness]
    assert os.getpriority(os.PRIO_PROCESS, 0) == before
