"""How people here write: decimal mark, order of day and month, country of phones, time zone, currency."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, tzinfo
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel.core import get_global
from sqlalchemy import event, text
from sqlalchemy.orm import SessionTransaction

from app.core.actor import Actor
from app.core.clock import now
from tenants import direct
from tenants.session import Session, session

_KEPT = "habits of this transaction"
# All that writing needs to know of the tenant beforehand; `registry` knows what the model is.
_SETTINGS = text(
    "SELECT key, value FROM settings WHERE key IN ('model', 'country', 'currency', 'time_zone', 'week_start')"
)


@dataclass(frozen=True)
class Habits:
    """How text is to be read. `day_first` None: dates with slashes are refused as ambiguous.

    `language` decides the decimal mark (de: comma), `region` (ISO 3166, or empty) where phones without a
    country code belong, `week_start` 0 is Monday. What was `stored` before is taken although a new record
    could not have it: choices that are retired.
    """

    language: str = "en"
    region: str = "DE"
    currency: str = "EUR"
    time_zone: str = "UTC"
    day_first: bool | None = None
    week_start: int = 0
    stored: bool = False

    @property
    def decimal_mark(self) -> str:
        """The mark before the decimals."""
        return "," if self.language.startswith("de") else "."

    @property
    def zone(self) -> tzinfo:
        """The time zone; UTC where its name is unknown."""
        try:
            return ZoneInfo(self.time_zone)
        except (ZoneInfoNotFoundError, ValueError):
            return ZoneInfo("UTC")

    def today(self) -> date:
        """The date here and now."""
        return now().astimezone(self.zone).date()


def prime(known: Mapping[str, Any]) -> None:
    """Spare this transaction the reading of settings that are known already."""
    session.info[_KEPT] = known


def read() -> Mapping[str, Any]:
    """The settings that habits are made of, and which model is the present one, as they are now."""
    kept = session.info[_KEPT] = {row.key: row.value for row in direct.rows(_SETTINGS, {})}
    return kept


def forget() -> None:
    """The settings were changed within this transaction."""
    session.info.pop(_KEPT, None)


def of(actor: Actor) -> Habits:
    """The habits of `actor` in the current tenant; developers' programs always write as in JSON."""
    stored = _settings()
    return Habits(
        language="en" if actor.door == "api" else actor.language,
        region=_text(stored, "country", "") or _region(_text(stored, "time_zone", "UTC")),
        currency=_text(stored, "currency", "EUR"),
        time_zone=actor.time_zone or _text(stored, "time_zone", "UTC"),
        week_start=_week_start(stored.get("week_start")),
    )


@event.listens_for(Session, "after_transaction_end")
def _forget(ended: Any, transaction: SessionTransaction) -> None:
    if transaction.parent is None:
        ended.info.pop(_KEPT, None)


def _settings() -> Mapping[str, Any]:
    kept: Mapping[str, Any] | None = session.info.get(_KEPT)
    return read() if kept is None else kept


def _text(stored: Mapping[str, Any], key: str, otherwise: str) -> str:
    value = stored.get(key)
    return value if isinstance(value, str) and value else otherwise


def _region(time_zone: str) -> str:
    """The country of a time zone; none for one that belongs to none."""
    territory = str(get_global("zone_territories").get(time_zone, ""))
    return territory if territory.isalpha() else ""


def _week_start(value: Any) -> int:
    """From ISO weekdays, 1 is Monday, to Python's, 0 is Monday."""
    return value - 1 if isinstance(value, int) and 1 <= value <= 7 else 0
