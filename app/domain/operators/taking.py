"""What an operator starts on a whole company: taken out to a file, moved, closed; long work is a job."""

from pathlib import Path
from typing import Any, Literal
from uuid import UUID

from app.core import process
from app.core.clock import now
from app.core.errors import Conflict, Invalid, KithError, NotFound
from app.core.queue import enqueue_control
from app.core.text import N_
from app.domain.lifecycle import closing
from app.domain.lifecycle import taking as archives
from app.domain.operators.actions import By
from tenants import catalogue, cells, operations
from tenants.context import Tenant
from tenants.copying import moving
from tenants.copying.ending import CannotMove
from tenants.operations import AlreadyRunning, Operation
from tenants.session import unit_of_work

Act = Literal["export", "move", "confirm", "back"]

JOB = "operators.take"
FOLDER = "exports"
LONGEST_REASON = 500

NO_REASON = N_("Say why: it is written down.")
OTHER_ADDRESS = N_("This is not the company's address. Write it exactly as it stands above.")
OTHER_CELL = N_("Choose another cell than the present one.")
BUSY = N_("Long work on this company is under way already.")


def ask(tenant: Tenant, act: Act, reason: str, by: By, *, cell: str = "") -> None:
    """Have a worker take the company out to a file, move it to `cell`, or end a move; all see how far it is.

    Raises Invalid without a reason or for a cell that is none, Conflict while long work is under way.
    """
    why = _reason(reason)
    if act == "move" and (cell == tenant.cell or cell not in cells.names()):
        raise Invalid.one("cell", "unknown", OTHER_CELL)
    if any(each.state == "running" for each in under_way(tenant)):
        raise Conflict(BUSY)
    details = {"cell": cell} if cell else {}
    by.note(f"tenant.{act}_asked", tenant, reason=why, **details)
    told = {"act": act, "tenant_id": str(tenant.id), "cell": cell, "file": str(_file(tenant))}
    enqueue_control(JOB, told, queue="bulk", key=f"{JOB}:{tenant.id}")


def run(payload: dict[str, Any]) -> None:
    """Do what was asked, as the command does; outside of a unit of work. What refuses is written down."""
    tenant = catalogue.by_id(UUID(payload["tenant_id"]))
    act: Act = payload["act"]
    if tenant is None or (act == "move" and tenant.cell == payload["cell"]):
        return
    try:
        _do(tenant, act, payload)
    except (CannotMove, AlreadyRunning, KithError) as error:
        with unit_of_work():
            By().note(f"tenant.{act}_failed", tenant, error=str(error))


def _do(tenant: Tenant, act: Act, payload: dict[str, Any]) -> None:
    if act == "export":
        path = Path(payload["file"])
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        archives.to_file(tenant, path)
    elif act == "move":
        moving.move(tenant, payload["cell"])
    elif act == "confirm":
        moving.confirm(tenant)
    else:
        moving.back(tenant)


def cancel(tenant: Tenant, operation_id: UUID, by: By) -> None:
    """Have long work of the company end at its next step; NotFound where there is none."""
    found = next((each for each in under_way(tenant) if each.id == operation_id), None)
    if found is None or found.state != "running" or found.kind == "delete":
        raise NotFound("operations")
    by.note(f"tenant.{found.kind}_cancelled", tenant)
    operations.ask_to_cancel(found)


def close(tenant: Tenant, days: int, reason: str, by: By) -> None:
    """Close the company for so many days, after which it is removed; its members read the reason."""
    why = _reason(reason)
    by.note("tenant.closed", tenant, reason=why, days=days)
    closing.begin(tenant, days, why)


def keep(tenant: Tenant, by: By) -> None:
    """Open it again; raises Conflict where it is too late."""
    by.note("tenant.kept", tenant)
    closing.undo(tenant)


def hasten(tenant: Tenant, typed: str, by: By) -> None:
    """Remove a closed company with the next look of the clock; whoever asks writes its address."""
    if typed.strip() != tenant.slug:
        raise Invalid.one("typed", "other", OTHER_ADDRESS)
    if tenant.state != "deleting":
        raise Conflict(closing.TOO_LATE)
    by.note("tenant.hastened", tenant)
    closing.hasten(tenant)


def under_way(tenant: Tenant) -> list[Operation]:
    """Long work on the company that runs or waits."""
    return [each for each in operations.of_tenant(tenant.id) if each.state in operations.OPEN]


def _reason(reason: str) -> str:
    why = " ".join(reason.split())[:LONGEST_REASON]
    if not why:
        raise Invalid.one("reason", "missing", NO_REASON)
    return why


def _file(tenant: Tenant) -> Path:
    name = f"{tenant.slug}-{now():%Y-%m-%d-%H%M%S}.kith"
    return process.settings().data_dir / FOLDER / name
