"""The tenant's own model: its objects, their fields, and the people that records belong to."""

from typing import Any

from flask import Response

from app.api import asking
from app.api.answers import told
from app.api.doors import actor, api
from app.api.scopes import any_token, needs
from app.domain.members import queries as members
from app.records import scope, shapes, upserting
from app.records.filters.tree import OPERATORS
from app.records.rights import allowed, readable
from app.records.types import Choice, Field, ObjectType


@api.get("/objects")
@any_token
def list_objects() -> Response:
    """The objects that the token may read, with their fields."""
    asking.known(())
    return told({"data": [_object(allowed(actor(), name, "read")) for name in readable(actor())]})


@api.get("/objects/<object:described>")
@needs("read")
def show_object(described: ObjectType) -> Response:
    """One object with its fields."""
    asking.known(())
    return told(_object(described))


@api.get("/members")
@needs("members:read")
def list_members() -> Response:
    """The people of the company: what owner_id and other fields of members point to."""
    asking.known(())
    people = [
        {"id": each.id, "name": each.name, "email": each.email, "role": each.role}
        for each in members.active()
    ]
    return told({"data": people, "next_cursor": None})


def _object(described: ObjectType) -> dict[str, Any]:
    seen = scope.seen(actor(), described)
    return {
        "name": described.name,
        "singular": described.singular,
        "plural": described.plural,
        "title_field": described.title,
        "default_sort": described.default_sort,
        "upsert_by": list(upserting.keys(described)),
        "expand": list(shapes.expandable(seen)),
        "permissions": [
            each for each in ("read", "write", "delete") if described.permission(each) in actor().permissions
        ],
        "fields": [_field(each) for each in (*seen.own_fields, *seen.fields)],
    }


def _field(field: Field) -> dict[str, Any]:
    told_field: dict[str, Any] = {
        "name": field.name,
        "type": field.kind,
        "label": field.label,
        "required": field.required,
        "unique": field.unique,
        "read_only": field.readonly,
        "sortable": field.sortable,
        "searchable": field.searchable,
        "personal": field.personal,
        "operators": ["eq", "in"] if field.name == "id" else list(OPERATORS[field.kind]),
    }
    if field.choices:
        told_field["choices"] = [_choice(each) for each in field.choices]
    if target := field.relates_to or field.holds:
        told_field["target"] = target
    if field.currency:
        told_field["currency_field"] = field.currency
    if field.help:
        told_field["help"] = field.help
    return told_field


def _choice(choice: Choice) -> dict[str, Any]:
    told = {"value": choice.value, "label": choice.label}
    return {**told, "retired": True} if choice.retired else told
