"""Values as JSON: in facts, journals, cursors and bulk statements."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import orjson

from app.records.types import ObjectType
from app.records.values.reach import Known


def plain(value: Any) -> Any:
    """`value` as JSON holds it: decimals and dates as text, identifiers as objects."""
    if value is None or isinstance(value, str | int | bool):
        return value
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, list):
        return identified(value) if value and isinstance(value[0], Known) else value
    if isinstance(value, dict):
        return value
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def inward(value: Any) -> Any:
    """`value` as a custom field keeps it: as `plain` has it, times in UTC to the microsecond."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return plain(value)


def identified(known: list[Known]) -> Any:
    """Identifiers as records show them: a list, or for ids in other systems one id for each."""
    if known and known[0].system:
        return {each.system: each.value for each in known}
    return [
        {"value": e.value, "display": e.display, "purpose": e.purpose, "primary": e.primary} for e in known
    ]


def dumps(rows: Any) -> str:
    """`rows` as JSON text; decimals become text."""
    return orjson.dumps(rows, default=plain).decode()


def outward(described: ObjectType, values: Mapping[str, Any]) -> dict[str, Any]:
    """`values` with identifiers as records show them; nobody's are an empty list or object, never None."""
    shown = dict(values)
    for field in described.identified:
        none: Any = {} if field.kind == "external_ids" else []
        shown[field.name] = identified(values.get(field.name) or []) or none
    return shown
