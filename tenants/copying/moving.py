"""Moving a tenant to another cell: copied while it works, closed for seconds, open again over there.

Until the move is confirmed the old rows stay where they were, closed for writing. Whatever kills the mover,
the next look at it (`recover`) opens the tenant again: over there where the catalogue says so, else here.
"""

from tenants import catalogue, operations, owner
from tenants.context import Tenant
from tenants.copying import ending, site
from tenants.copying.carrying import Move, Told
from tenants.copying.ending import CannotMove
from tenants.engines import engines
from tenants.operations import Operation

KIND = "move"


def move(tenant: Tenant, cell: str, told: Told = lambda _: None) -> Operation:
    """Move `tenant` to `cell`; the operation then waits for `confirm` or `back`.

    `data` tells `frozen_seconds`, and by table the rows and checksums that are equal on both sides. Raises
    CannotMove, or what went wrong; in either case the tenant works on where it was.
    """
    recover()
    tenant = _fresh(tenant)
    _refuse(tenant, cell)
    data = {"from": tenant.cell, "to": cell, "schema": tenant.schema}
    operation = operations.begin(KIND, tenant, data)
    with operations.held(operation):
        try:
            return Move(tenant, cell, operation, told).run()
        except operations.Cancelled:
            ending.end(operation, "")
            return operations.cancelled(operation)
        except BaseException as error:
            ending.end(operation, f"{type(error).__name__}: {error}")
            raise


def confirm(tenant: Tenant) -> Operation:
    """The move was good: the rows in the old cell go. Raises CannotMove where none waits for it."""
    operation = _waiting(tenant)
    with operations.held(operation):
        site.remove(operation.data["from"], operation.data["schema"])
        return operations.finish(operation)


def back(tenant: Tenant, told: Told = lambda _: None) -> Operation:
    """Move the tenant back to where it came from, with everything written since, the same way."""
    operation = confirm(tenant)
    return move(tenant, operation.data["from"], told)


def recover(seconds: float = 0) -> list[Operation]:
    """End what a killed mover left, if nobody has been at it for so long; what was ended."""
    ended = []
    for operation in operations.running(KIND):
        if operation.state != "running" or operations.idle_seconds(operation) < seconds:
            continue
        try:
            with operations.held(operation):
                error = f"The mover ended during '{operation.step}'; nothing has moved."
                ended.append(ending.end(operation, error))
        except operations.AlreadyRunning:
            continue
    return ended


def confirm_old(seconds: float) -> list[Operation]:
    """Confirm what has waited for so long that nobody will want to go back."""
    ended = []
    for operation in waiting():
        if operations.idle_seconds(operation) > seconds:
            with operations.held(operation):
                site.remove(operation.data["from"], operation.data["schema"])
                ended.append(operations.finish(operation))
    return ended


def waiting() -> list[Operation]:
    """Moves that nobody has confirmed yet."""
    return [each for each in operations.running(KIND) if each.state == "waiting"]


def _refuse(tenant: Tenant, cell: str) -> None:
    if tenant.cell == cell:
        raise CannotMove(f"{tenant.name} is in {cell} already.")
    with owner.connect(engines().control_url) as control:
        row = control.execute("SELECT state FROM kith.cells WHERE id = %s", [cell]).fetchone()
    if row is None:
        raise CannotMove(f"There is no cell {cell}: ./kith cell list shows them.")
    if row[0] == "down":
        raise CannotMove(f"{cell} is down.")
    if tenant.state in {"claimed", "moving", "deleting"}:
        raise CannotMove(f"{tenant.name} is {tenant.state}.")


def _fresh(tenant: Tenant) -> Tenant:
    catalogue.forget(tenant)
    found = catalogue.by_id(tenant.id)
    if found is None:
        raise CannotMove(f"{tenant.name} is gone.")
    return found


def _waiting(tenant: Tenant) -> Operation:
    for operation in waiting():
        if operation.tenant_id == tenant.id:
            return operation
    raise CannotMove(f"No move of {tenant.name} waits to be confirmed.")
