"""Switches of the whole installation: every process knows them, and asks for them twice a minute at most."""

import logging
import threading
import time
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import SQLAlchemyError

from tenants.context import Mode, transactions
from tenants.engines import engines
from tenants.models import Switch

log = logging.getLogger("kith.tenants")

Value = Mapping[str, Any]

# Other processes follow within a second by `tenants.news`, at the latest after these.
SECONDS = 30.0
AGAIN_SECONDS = 2.0

_known: dict[str, Value] = {}
_until = 0.0
_forgotten = 0
_lock = threading.Lock()


def get(name: str) -> Value | None:
    """What the switch says while it is on, None while it is off.

    While the control database is away a switch stays as this process knew it.
    """
    global _known, _until
    if time.monotonic() >= _until:
        forgotten = _forgotten
        try:
            fresh, seconds = _read(), SECONDS
        except SQLAlchemyError as error:
            log.warning("switches stay as they were known: %s", type(error).__name__)
            fresh, seconds = _known, AGAIN_SECONDS
        with _lock:
            _known = fresh
            if forgotten == _forgotten:
                _until = time.monotonic() + seconds
    return _known.get(name)


def turn_on(name: str, value: Value, by: UUID | None = None) -> None:
    """Turn the switch on, or have it say something else; commits at once."""
    row = {"value": dict(value), "changed_by": by, "changed_at": func.now()}
    statement = insert(Switch).values(name=name, **row)
    with transactions(Mode()), engines().catalogue.begin() as connection:
        connection.execute(statement.on_conflict_do_update(index_elements=["name"], set_=row))
    forget()


def turn_off(name: str) -> bool:
    """Turn the switch off; whether it was on. Commits at once."""
    with transactions(Mode()), engines().catalogue.begin() as connection:
        gone = connection.execute(delete(Switch).where(Switch.name == name).returning(Switch.name)).all()
    forget()
    return bool(gone)


def forget() -> None:
    """Ask the database the next time."""
    global _until, _forgotten
    with _lock:
        _forgotten += 1
        _until = 0.0


def _read() -> dict[str, Value]:
    with transactions(Mode(read_only=True)), engines().catalogue.begin() as connection:
        return {row.name: row.value for row in connection.execute(select(Switch.name, Switch.value))}
