"""Long work on whole tenants: written down step by step, so that it is seen, cancelled and resumed."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg
from sqlalchemy import exc, func, insert, select, update

from tenants import owner
from tenants.context import Mode, Tenant, transactions
from tenants.driver import psycopg_url
from tenants.engines import engines
from tenants.models import Operation as _Row

OPEN = ("running", "waiting")
_LOCKS = 6_011_007
_CANCEL = "cancel"

_COLUMNS = (
    *(_Row.id, _Row.kind, _Row.tenant_id, _Row.slug, _Row.state, _Row.step, _Row.done, _Row.total, _Row.data),
    *(_Row.error, _Row.started_by, _Row.started_at, _Row.updated_at, _Row.finished_at),
)


class AlreadyRunning(Exception):
    """The tenant is being moved or deleted already, or another process is at this very work."""


class Cancelled(Exception):
    """Somebody asked for this work to end; who does it cleans up and calls `cancelled`."""


@dataclass(frozen=True)
class Operation:
    """One piece of long work as it was last written down; `done` of `total` are of the current `step`."""

    id: UUID
    kind: str
    tenant_id: UUID | None
    slug: str
    state: str
    step: str
    done: int
    total: int | None
    data: dict[str, Any]
    error: str | None
    started_by: UUID | None
    started_at: datetime
    updated_at: datetime
    finished_at: datetime | None


def begin(
    kind: str,
    tenant: Tenant | None,
    data: dict[str, Any] | None = None,
    *,
    slug: str = "",
    started_by: UUID | None = None,
) -> Operation:
    """Write down that work of `kind` (export, import, move, delete) begins; commits at once, like all here.

    Raises AlreadyRunning where the tenant is being moved or deleted already and this is such a work.
    """
    values = {
        "kind": kind,
        "tenant_id": tenant.id if tenant else None,
        "slug": tenant.slug if tenant else slug,
        "data": data or {},
        "started_by": started_by,
    }
    try:
        with transactions(Mode()), engines().catalogue.begin() as connection:
            row = connection.execute(insert(_Row).values(**values).returning(*_COLUMNS)).one()
    except exc.IntegrityError as error:
        raise AlreadyRunning(f"{values['slug']} is being moved or deleted") from error
    return Operation(*tuple(row))


def step(
    operation: Operation,
    name: str,
    done: int = 0,
    total: int | None = None,
    data: dict[str, Any] | None = None,
) -> Operation:
    """Write down how far it is; `data` is merged into what was known. Raises Cancelled when asked to end."""
    current = _write(operation, step=name, done=done, total=total, data=_Row.data.concat(data or {}))
    if current.data.get(_CANCEL):
        raise Cancelled(f"{operation.kind} of {operation.slug}")
    return current


def wait(operation: Operation, name: str, data: dict[str, Any] | None = None) -> Operation:
    """It waits for a person or for a day; `step` takes it up again."""
    return _write(operation, state="waiting", step=name, data=_Row.data.concat(data or {}))


def resume(operation: Operation) -> Operation:
    """It runs again: after it waited, failed or was killed. Raises AlreadyRunning like `begin`."""
    try:
        return _write(operation, state="running", error=None, finished_at=None)
    except exc.IntegrityError as error:
        raise AlreadyRunning(f"{operation.slug} is being moved or deleted") from error


def finish(operation: Operation, data: dict[str, Any] | None = None) -> Operation:
    """It is done."""
    return _end(operation, "done", data=_Row.data.concat(data or {}))


def fail(operation: Operation, error: str) -> Operation:
    """It ended with `error`, a sentence for operators."""
    return _end(operation, "failed", error=error)


def cancelled(operation: Operation) -> Operation:
    """What it had begun is undone; it ends as cancelled."""
    return _end(operation, "cancelled")


def ask_to_cancel(operation: Operation) -> Operation:
    """Whoever does it stops at the next step."""
    return _write(operation, data=_Row.data.concat({_CANCEL: True}))


def by_id(operation_id: UUID) -> Operation | None:
    """The work with that id, or None."""
    return next(iter(_read(_Row.id == operation_id)), None)


def running(kind: str | None = None) -> list[Operation]:
    """What is under way or waits, oldest first."""
    return _read(_Row.state.in_(OPEN), *([] if kind is None else [_Row.kind == kind]))


def of_tenant(tenant_id: UUID, kind: str | None = None) -> list[Operation]:
    """Everything that was done to one tenant, oldest first."""
    return _read(_Row.tenant_id == tenant_id, *([] if kind is None else [_Row.kind == kind]))


def idle_seconds(operation: Operation) -> float:
    """How long nobody has written to it."""
    query = select(func.extract("epoch", func.now() - _Row.updated_at)).where(_Row.id == operation.id)
    with transactions(Mode(read_only=True)), engines().catalogue.begin() as connection:
        return float(connection.execute(query).scalar_one())


@contextmanager
def held(operation: Operation) -> Iterator[None]:
    """Only this process works on `operation` within the block; a killed one lets go at once.

    Raises AlreadyRunning where another process is at it.
    """
    key = operation.id.int & 0x7FFF_FFFF
    with psycopg.connect(psycopg_url(engines().control_url), autocommit=True) as connection:
        row = connection.execute("SELECT pg_try_advisory_lock(%s::int, %s::int)", [_LOCKS, key]).fetchone()
        if not (row and row[0]):
            raise AlreadyRunning(f"another process is at this {operation.kind} of {operation.slug}")
        with owner.letting_go(connection):
            yield


def _read(*conditions: Any) -> list[Operation]:
    query = select(*_COLUMNS).where(*conditions).order_by(_Row.started_at, _Row.id)
    with transactions(Mode(read_only=True)), engines().catalogue.begin() as connection:
        return [Operation(*tuple(row)) for row in connection.execute(query)]


def _end(operation: Operation, state: str, **changes: Any) -> Operation:
    return _write(operation, state=state, finished_at=func.now(), **changes)


def _write(operation: Operation, **changes: Any) -> Operation:
    mine = update(_Row).where(_Row.id == operation.id).values(updated_at=func.now(), **changes)
    with transactions(Mode()), engines().catalogue.begin() as connection:
        return Operation(*tuple(connection.execute(mine.returning(*_COLUMNS)).one()))
