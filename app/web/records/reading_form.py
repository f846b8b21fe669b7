"""From a form that was sent to values for the engine."""

from typing import Any

import orjson
from werkzeug.datastructures import ImmutableMultiDict

from app.records.types import Field, ObjectType

Form = ImmutableMultiDict[str, str]


def values(described: ObjectType, form: Form) -> dict[str, Any]:
    """What was sent, by field; lists of e-mails, phones and ids are put together from their rows.

    Fields that the form does not have are left alone; those it has empty are cleared. Names that are no
    fields are kept for the engine to refuse.
    """
    found: dict[str, Any] = {}
    for name in form:
        if name not in NOT_FIELDS and "." not in name:
            found[name] = form[name]
    for field in described.fields:
        if field.kind in ("choices", "files", "relations") and field.name in form:
            found[field.name] = [value for value in form.getlist(field.name) if value]
    for field in described.identified:
        if f"{field.name}.value" in form:
            found[field.name] = _ids(form) if field.kind == "external_ids" else _entries(field.name, form)
    return found


def in_place(field: Field, written: str) -> Any:
    """What an input on the record's page sent: of a list its entries as JSON."""
    if field.kind not in LISTS or not written:
        return [] if field.kind in LISTS else written
    try:
        return orjson.loads(written)
    except orjson.JSONDecodeError:
        return written


LISTS = frozenset({"emails", "phones"})
NOT_FIELDS = {"csrf_token", "base_version", "next"}


def _entries(name: str, form: Form) -> list[dict[str, Any]]:
    purposes = form.getlist(f"{name}.purpose")
    chosen = form.get(f"{name}.primary", "0")
    rows = [
        {"value": value.strip(), "purpose": purpose, "primary": str(place) == chosen}
        for place, (value, purpose) in enumerate(
            zip(form.getlist(f"{name}.value"), [*purposes, *[""] * 100], strict=False)
        )
        if value.strip()
    ]
    if rows and not any(row["primary"] for row in rows):
        rows[0]["primary"] = True
    return rows


def _ids(form: Form) -> dict[str, str]:
    pairs = zip(form.getlist("external_ids.system"), form.getlist("external_ids.value"), strict=False)
    return {system.strip(): value.strip() for system, value in pairs if system.strip() and value.strip()}
