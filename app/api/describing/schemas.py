"""Objects and their fields as JSON Schema (draft 2020-12): as they are read, and as they may be written."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from app.records import shapes
from app.records.types import Field, ObjectType
from app.records.values.words import MOST_RECORDS

Schema = dict[str, Any]

UUID_TEXT: Schema = {"type": "string", "format": "uuid"}
INSTANT: Schema = {"type": "string", "format": "date-time"}
_REACH: Schema = {
    "type": "array",
    "maxItems": 50,
    "items": {
        "type": "object",
        "properties": {
            "value": {"type": "string"},
            "purpose": {"type": "string"},
            "primary": {"type": "boolean"},
        },
        "required": ["value"],
    },
}
_AMOUNT = r"^-?\d{1,15}\.\d{2,4}$"
_KINDS: Mapping[str, Schema] = {
    "text": {"type": "string"},
    "longtext": {"type": "string"},
    "email": {"type": "string"},
    "phone": {"type": "string", "description": "E.164 where it is a number anywhere"},
    "url": {"type": "string"},
    "domain": {"type": "string"},
    "number": {"type": "number"},
    "money": {"type": "string", "pattern": _AMOUNT, "description": "A decimal"},
    "percent": {"type": "number", "description": "A part of one: 0.15 is 15 %"},
    "date": {"type": "string", "format": "date"},
    "datetime": INSTANT,
    "boolean": {"type": "boolean"},
    "choice": {},
    "choices": {"type": "array", "uniqueItems": True},
    "relation": UUID_TEXT,
    "relations": {"type": "array", "items": UUID_TEXT, "maxItems": MOST_RECORDS, "uniqueItems": True},
    "member": UUID_TEXT,
    "country": {"type": "string", "pattern": "^[A-Z]{2}$", "description": "ISO 3166-1"},
    "currency": {"type": "string", "pattern": "^[A-Z]{3}$", "description": "ISO 4217"},
    "emails": _REACH,
    "phones": _REACH,
    "files": {"type": "array", "items": UUID_TEXT, "description": "Ids of files of the record"},
    "autonumber": {"type": "string", "description": "Given by Kith when the record is created"},
    "external_ids": {"type": "object", "additionalProperties": {"type": "string"}},
}
# Kinds whose defaults are as programs write them; others are worked out when a record is added.
_AS_WRITTEN = frozenset({"text", "longtext", "url", "boolean", "choice", "choices", "country"})
_NEVER_EMPTY = frozenset({"emails", "phones", "external_ids"})


def record(described: ObjectType) -> Schema:
    """One record as it is read; `fields` may leave all but the head out."""
    properties: Schema = {
        "id": UUID_TEXT,
        "object": {"const": described.name},
        "version": {"type": "integer", "minimum": 1},
        "created_at": INSTANT,
        "updated_at": INSTANT,
    }
    properties |= {each.name: read(described, each) for each in described.fields}
    for name in shapes.expandable(described):
        properties[name] = _expanded(name, properties)
    if "currency" not in properties and any(each.kind == "money" for each in described.fields):
        properties["currency"] = {"type": ["string", "null"], "readOnly": True}
    return {"type": "object", "required": ["id", "object", "version"], "properties": properties}


def _expanded(name: str, properties: Schema) -> Schema:
    """Records that are shown whole, in the place of their ids where there is no other."""
    told = {"description": f"With expand={name}"}
    if name not in properties:
        return {"type": ["object", "null"], **told}
    if "items" in properties[name]:
        told = {
            "description": f"{properties[name]['description']}. With expand={name} the records themselves"
        }
        return {**properties[name], "items": {**UUID_TEXT, "type": ["string", "object"]}, **told}
    return {**properties[name], "type": ["string", "object", "null"], **told}


def read(described: ObjectType, field: Field) -> Schema:
    """A field's values as records show them."""
    schema = {**_KINDS[field.kind], "title": field.label, **_help(field)}
    schema |= _choices(field)
    if field.readonly:
        schema["readOnly"] = True
    return _or_empty(schema) if _may_be_empty(described, field) else schema


def written(described: ObjectType, *, new: bool) -> Schema:
    """What a new record, or a merge patch, may hold."""
    writable = [each for each in described.fields if not each.readonly]
    properties = {each.name: _write(each) for each in writable}
    schema: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
    needed = [
        each.name
        for each in writable
        if each.required and each.default is None and each.name != described.numbered
    ]
    if new and needed:
        schema["required"] = needed
    if new and described.require_any:
        schema["anyOf"] = [{"required": [name]} for name in described.require_any]
    if not new:
        properties["base_version"] = {
            "type": "integer",
            "minimum": 1,
            "description": "The version you read: fields that others changed since are told, not overwritten",
        }
    return schema


def _write(field: Field) -> Schema:
    schema = {**_KINDS[field.kind], "title": field.label, **_help(field)}
    if field.kind == "money":
        schema = {"type": ["string", "number"], "title": field.label, "description": "A decimal"}
    if field.kind in {"country", "currency"}:
        schema.pop("pattern")
    schema |= _choices(replace(field, choices=field.offered))
    if field.custom and field.default is not None and field.kind in _AS_WRITTEN:
        schema["default"] = field.default
    if field.limit:
        schema["maxLength"] = field.limit
    if field.kind == "number" and field.decimals == 0:
        schema["type"] = "integer"
    if field.kind == "files":
        return _or_empty({**schema, "maxItems": field.maximum or 1})
    for name, bound in (("minimum", field.minimum), ("maximum", field.maximum)):
        if bound is not None:
            schema[name] = bound
    return _or_empty(schema)


def _choices(field: Field) -> Schema:
    """What may be chosen: one value, or a list of them."""
    if not field.choices:
        return {}
    known: Schema = {"enum": [each.value for each in field.choices]}
    return {"items": known} if field.kind == "choices" else known


def _help(field: Field) -> Schema:
    told = [_KINDS[field.kind].get("description"), field.help or None]
    if field.relates_to:
        told.append(f"The id of one of {field.relates_to}")
    if field.holds:
        told.append(
            f"The ids of records of {field.holds}, at most {MOST_RECORDS}; a list replaces what you see"
        )
    if field.currency:
        told.append(f"in {field.currency}")
    sentence = ". ".join(each.rstrip(".") for each in told if each)
    return {"description": sentence} if sentence else {}


def _may_be_empty(described: ObjectType, field: Field) -> bool:
    if field.kind in _NEVER_EMPTY:
        return False
    return described.nullable(field.name)


def _or_empty(schema: Schema) -> Schema:
    """The same, or null."""
    kinds = schema.get("type")
    if kinds is None:
        return {**schema, "enum": [*schema["enum"], None]} if "enum" in schema else schema
    several = kinds if isinstance(kinds, list) else [kinds]
    empty = {**schema, "type": [*several, "null"]}
    return {**empty, "enum": [*schema["enum"], None]} if "enum" in schema else empty
