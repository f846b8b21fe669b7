"""Removing a workspace whose days of grace are over: everything, everywhere, with a receipt.

Each step may be done again: whatever kills this, the next `sweep` goes on where it was. What is counted is
counted before anything goes, and kept with the operation.
"""

import logging
import time
from collections.abc import Callable
from typing import Any
from uuid import UUID

from app.core import redis, storage
from app.core.clock import now
from app.core.errors import Unavailable
from app.domain.lifecycle import mails, receipts
from tenants import catalogue, operations, removal
from tenants.context import Tenant
from tenants.copying import moving
from tenants.operations import AlreadyRunning, Cancelled, Operation
from tenants.removal import Ending, StillInUse
from tenants.session import unit_of_work

log = logging.getLogger("kith.lifecycle")

KIND = "delete"
COUNTED = "counted"
SWEEP_SECONDS = 5.0
# The next sweep goes on: chores share one clock.
MOST_FILES = 20_000

Told = Callable[[Operation], None]


class Left(Exception):
    """Something of a removed workspace is still there; the next sweep tries again."""


def sweep(seconds: float = SWEEP_SECONDS) -> int:
    """Remove what is due, for about so long; how many. What fails is tried again by the next sweep."""
    until, removed = time.monotonic() + seconds, 0
    for ending in removal.due():
        if time.monotonic() > until:
            break
        try:
            remove(ending)
            removed += 1
        except AlreadyRunning:
            continue
        except (StillInUse, Unavailable, redis.Away, Left) as reason:
            log.warning("the removal of %s waits: %s", ending.schema, reason)
    return removed


def remove(ending: Ending, told: Told = lambda _: None) -> dict[str, Any] | None:
    """Remove one workspace that is due; its receipt, None for a claim that was never finished.

    Raises AlreadyRunning where another process is at it, and StillInUse, Unavailable, Away or Left where
    something is in the way: then do it again.
    """
    tenant = catalogue.by_id(ending.id)
    if ending.slug is None or tenant is None:
        _clear(ending)
        removal.erase(ending, ending.id, {})
        return None
    _end_moves(tenant)
    operation = _operation(tenant)
    with operations.held(operation):
        return _Removal(ending, tenant, operation, told).run()


class _Removal:
    """One removal, from the first count to the receipt."""

    def __init__(self, ending: Ending, tenant: Tenant, operation: Operation, told: Told) -> None:
        self._ending, self._tenant, self._operation, self._told = ending, tenant, operation, told

    def run(self) -> dict[str, Any]:
        if COUNTED not in self._operation.data:
            self._step("count", {COUNTED: self._count(), "owners": self._owners()})
        self._step("database")
        _clear(self._ending, self._step)
        self._step("catalogue")
        counted = self._operation.data[COUNTED]
        removed = {key: counted[key] for key in ("rows", "files", "bytes", "catalogue")}
        receipt = receipts.compose(self._operation.id, self._tenant.id, removed, counted["kept"], now())
        letters = mails.gone(self._operation.data["owners"], self._tenant.name, receipt)
        removal.erase(self._ending, UUID(receipt["id"]), receipt, letters)
        return receipt

    def _owners(self) -> list[dict[str, str]]:
        # Whoever reads must have ended before the schema can go.
        with unit_of_work(read_only=True):
            return mails.noted(mails.owners(self._tenant))

    def _count(self) -> dict[str, Any]:
        files, size = storage.weigh(_prefix(self._ending))
        known = removal.catalogued(self._ending.id)
        return {
            "rows": removal.count(self._ending.cell, self._ending.schema),
            "files": files,
            "bytes": size,
            "catalogue": known.removed,
            "kept": known.kept,
        }

    def _step(self, name: str, data: dict[str, Any] | None = None) -> None:
        try:
            self._operation = operations.step(self._operation, name, data=data)
        except Cancelled:
            # Nobody is there any more to whom a half removed workspace could be given back.
            self._operation = operations.by_id(self._operation.id) or self._operation
        self._told(self._operation)


def _clear(ending: Ending, step: Callable[[str], None] = lambda _: None) -> None:
    """All bytes and rows outside the catalogue; Left where one is still there afterwards."""
    removal.drop(ending.cell, ending.schema)
    step("files")
    storage.delete_all(_prefix(ending), MOST_FILES)
    step("queue")
    for word in (ending.schema, str(ending.id), ending.id.hex):
        redis.forget(word)
    step("look")
    left: dict[str, Any] = {**removal.left(ending.cell, ending.schema)}
    if files := storage.weigh(_prefix(ending))[0]:
        left["files"] = files
    if left:
        raise Left(f"of {ending.schema} there is still {left}")


def _end_moves(tenant: Tenant) -> None:
    """A move that nobody has confirmed keeps the rows of the old cell."""
    if any(each.tenant_id == tenant.id for each in moving.waiting()):
        moving.confirm(tenant)


def _operation(tenant: Tenant) -> Operation:
    begun = (each for each in operations.of_tenant(tenant.id, KIND) if each.state in operations.OPEN)
    return next(begun, None) or operations.begin(KIND, tenant)


def _prefix(ending: Ending) -> str:
    return f"{ending.schema}/"
