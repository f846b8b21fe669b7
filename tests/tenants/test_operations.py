"""Long work on tenants is written down, seen, cancelled and never done twice at once."""

import pytest

from tenants import operations
from tenants.context import Tenant


def test_progress_is_seen_by_everybody(tenant: Tenant) -> None:
    begun = operations.begin("export", tenant, {"file": "nordwind.kith"})
    operations.step(begun, "rows", 3, 10, {"tables": ["members"]})

    (seen,) = operations.running("export")
    assert (seen.step, seen.done, seen.total) == ("rows", 3, 10)
    assert seen.data == {"file": "nordwind.kith", "tables": ["members"]}
    assert operations.of_tenant(tenant.id) == [seen]


def test_done_and_failed_work_is_no_longer_running(tenant: Tenant) -> None:
    done = operations.finish(operations.begin("export", tenant), {"bytes": 5})
    failed = operations.fail(operations.begin("export", tenant), "The disk is full.")

    assert operations.running() == []
    assert (done.state, done.data["bytes"]) == ("done", 5)
    assert (failed.state, failed.error) == ("failed", "The disk is full.")
    assert operations.resume(failed).state == "running"


def test_tenant_is_moved_or_deleted_once_at_a_time(tenant: Tenant) -> None:
    moving = operations.wait(operations.begin("move", tenant), "confirm")
    with pytest.raises(operations.AlreadyRunning):
        operations.begin("delete", tenant)
    operations.finish(moving)
    operations.begin("delete", tenant)


def test_who_is_asked_to_end_stops_at_next_step(tenant: Tenant) -> None:
    begun = operations.begin("export", tenant)
    operations.ask_to_cancel(begun)
    with pytest.raises(operations.Cancelled):
        operations.step(begun, "files")
    assert operations.cancelled(begun).state == "cancelled"


def test_only_one_process_is_at_it(tenant: Tenant) -> None:
    begun = operations.begin("move", tenant)
    with (
        operations.held(begun),
        pytest.raises(operations.AlreadyRunning),
        operations.held(begun),
    ):
        pass
    with operations.held(begun):
        pass
