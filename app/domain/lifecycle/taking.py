"""A company into a file of the operator's machine; an export that was killed goes on with its next slice."""

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from app.domain.jobs.slices import Budget
from app.domain.lifecycle import exporting
from tenants import operations
from tenants.context import Tenant
from tenants.operations import Operation
from tenants.session import unit_of_work

KIND = "export"
SLICE_SECONDS = 5.0
Told = Callable[[Operation], None]


def to_file(tenant: Tenant, path: Path, told: Told = lambda _: None) -> Operation:
    """Write the archive of `tenant` to `path`, which is there only when it is whole; within an app context.

    The same call again goes on with what a killed one had written.
    """
    part = path.with_name(f"{path.name}.part")
    operation = _unfinished(tenant, part) or operations.begin(KIND, tenant, {"file": str(part)})
    with operations.held(operation):
        try:
            manifest = _write(tenant, part, operation, told)
        except operations.Cancelled:
            part.unlink(missing_ok=True)
            return operations.cancelled(operation)
        except Exception as error:
            part.unlink(missing_ok=True)
            operations.fail(operation, f"{type(error).__name__}: {error}")
            raise
        part.replace(path)
        done = {"state": None, "tables": manifest["tables"], "missing": manifest["missing"]}
        return operations.finish(operation, {**done, "bytes": path.stat().st_size})


def clear_leftovers(seconds: float) -> None:
    """Give up exports that were killed and that nobody went on with for so long."""
    for operation in operations.running(KIND):
        if operations.idle_seconds(operation) < seconds:
            continue
        with suppress(operations.AlreadyRunning), operations.held(operation):
            operations.fail(operation, "It was killed, and nobody went on with it.")


def _unfinished(tenant: Tenant, part: Path) -> Operation | None:
    for operation in operations.of_tenant(tenant.id, KIND):
        is_mine = operation.state == "running" and operation.data.get("file") == str(part)
        if is_mine and operation.data.get("state") and part.exists():
            return operation
    return None


def _write(tenant: Tenant, part: Path, operation: Operation, told: Told) -> dict[str, Any]:
    def tell(step: str, done: int, total: int | None, **data: Any) -> None:
        told(operations.step(operation, step, done, total, data))

    state = operation.data.get("state")
    with part.open("r+b" if state else "wb") as sink:
        if state:
            sink.truncate(operation.data["at"])
            sink.seek(operation.data["at"])
        else:
            with unit_of_work(read_only=True):
                state = exporting.begin(tenant, sink, lambda done, total: tell("rows", done, total))
        _keep(tell, state, sink)
        while exporting.advance(state, sink, Budget(SLICE_SECONDS).is_spent):
            _keep(tell, state, sink)
        sink.flush()
        os.fsync(sink.fileno())
    manifest: dict[str, Any] = state["manifest"]
    return manifest


def _keep(tell: Callable[..., None], state: exporting.State, sink: IO[bytes]) -> None:
    """What is on the disk is written down, and nothing before it is."""
    sink.flush()
    os.fsync(sink.fileno())
    tell("files", state["files"] - len(state["todo"]), state["files"], state=state, at=sink.tell())
