"""What was changed since a change: nothing later is overwritten by taking the earlier one back."""

from collections.abc import Collection, Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from app.core.errors import Problem
from app.core.text import N_
from app.records.plain import plain
from app.records.types import ObjectType

CHANGED_SINCE = N_("Somebody changed this again meanwhile, so it cannot be undone.")
CODE = "changed_since"
_EMPTY: tuple[Any, ...] = (None, "", [], {})


def moved(stored: Mapping[str, Any], told: Mapping[str, Any]) -> list[str]:
    """Names of the fields in which a record, as it is `stored`, is no more what a fact `told`."""
    return [name for name, value in told.items() if not _same(stored.get(name), value)]


def problems(described: ObjectType, names: Collection[str]) -> list[Problem]:
    """Why a change is not taken back: these of its fields have other values by now."""
    return [
        Problem(name, CODE, CHANGED_SINCE, {"field": described.by_name[name].label})
        for name in names
        if name in described.by_name
    ]


def _same(stored: Any, told: Any) -> bool:
    shown = plain(stored)
    if shown == told or (shown in _EMPTY and told in _EMPTY):
        return True
    if not isinstance(told, str):
        return False
    # One amount is written with more or fewer decimals, one moment in the zone of whoever wrote it; what
    # was told while the field was of another kind may be neither.
    try:
        if isinstance(stored, Decimal):
            return stored == Decimal(told)
        return isinstance(stored, datetime) and stored == datetime.fromisoformat(told)
    except (InvalidOperation, ValueError, TypeError):
        return False
