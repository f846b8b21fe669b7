"""What a delivery owes: its state, its due instant, whether its promise counts, how grave a delay is."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.domain.calendar.rules import Calendar

NOT_OWED = frozenset({"cancelled", "returned"})
_REPEATED = 1
_LONG_DAYS = 3
_VERY_LONG_DAYS = 10


def due_at(values: Mapping[str, Any], calendar: Calendar) -> datetime | None:
    """The instant at which the delivery's promise breaks; None where no day was promised."""
    promised_on = values.get("promised_on")
    return calendar.broken_at(promised_on) if promised_on else None


def is_owed(values: Mapping[str, Any]) -> bool:
    """Whether somebody still waits for it: promised, neither delivered nor cancelled nor in the trash."""
    return (
        values.get("promised_on") is not None
        and values.get("delivered_at") is None
        and values.get("status") not in {*NOT_OWED, "delivered"}
        and values.get("deleted_at") is None
    )


def is_watched(values: Mapping[str, Any]) -> bool:
    """Whether a timer waits for its promise: owed, and no history."""
    return is_owed(values) and not values.get("is_history") and values.get("due_at") is not None


def is_broken(values: Mapping[str, Any], now: datetime) -> bool:
    """Whether its promise is broken at `now` and counts."""
    return is_watched(values) and values["due_at"] <= now


def is_history(due: datetime | None, delivered_at: datetime | None, now: datetime) -> bool:
    """Whether an imported delivery only tells of the past: delivered, or due already."""
    return delivered_at is not None or (due is not None and due <= now)


def settled(
    status: str | None,
    shipped_at: datetime | None,
    delivered_at: datetime | None,
    named: frozenset[str],
    now: datetime | None,
) -> dict[str, Any]:
    """What else must change so that status and times agree, where the fields `named` were just set.

    `now` stands in for a time that nobody gave; None invents none.
    """
    status = status or "planned"
    if "delivered_at" in named and delivered_at is not None:
        return {} if status in {"delivered", "returned"} else {"status": "delivered"}
    if "delivered_at" in named and status == "delivered" and "status" not in named:
        return {"status": "shipped" if shipped_at else "planned"}
    if "status" in named and status == "delivered" and delivered_at is None:
        return {"delivered_at": now} if now else {}
    if "status" in named and status in {"planned", "shipped"} and delivered_at is not None:
        return {"delivered_at": None}
    if "status" in named and status == "shipped" and shipped_at is None:
        return {"shipped_at": now} if now else {}
    if "shipped_at" in named and shipped_at is not None and status == "planned":
        return {"status": "shipped"}
    return {}


def severity(days_late: int, earlier: int) -> int:
    """How grave a broken promise is, 2 to 4: graver for long delays and where others broke in 90 days."""
    grave = 2 + (days_late >= _LONG_DAYS) + (days_late >= _VERY_LONG_DAYS) + (earlier >= _REPEATED)
    return min(4, grave)
