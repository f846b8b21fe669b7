"""The current workspace's calendar."""

from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import event
from sqlalchemy.orm import SessionTransaction

from app.domain.calendar.rules import Calendar
from app.domain.workspace import queries as workspace
from app.domain.workspace.rules import Workspace
from tenants.session import Session, session

_KEPT = "calendar of this transaction"


def current() -> Calendar:
    """The calendar that the workspace's settings describe; read once in a transaction."""
    kept = session.info.get(_KEPT)
    if kept is None:
        kept = session.info[_KEPT] = _read()
    return kept


def forget() -> None:
    """Read the calendar anew when it is next asked for."""
    session.info.pop(_KEPT, None)


def prime(settings: Workspace) -> None:
    """Spare this transaction the reading of settings that are known already."""
    session.info[_KEPT] = _described(settings)


def _read() -> Calendar:
    return _described(workspace.settings())


def _described(settings: Workspace) -> Calendar:
    return Calendar(ZoneInfo(settings.time_zone), frozenset(settings.working_days), settings.grace_days)


@event.listens_for(Session, "after_transaction_end")
def _forget(ended: Any, transaction: SessionTransaction) -> None:
    if transaction.parent is None:
        ended.info.pop(_KEPT, None)
