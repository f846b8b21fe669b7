"""The developers' documentation on the base host: a guide, and the reference drawn from our own OpenAPI."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import orjson
from flask import Flask, current_app, render_template

from app.api import openapi, problems
from app.api.oauth.doors import issuer, oauth
from app.core.permissions import SCOPES
from app.domain.apps import rules
from app.records import registry
from app.ui.scopes import scope_groups


@dataclass(frozen=True)
class Operation:
    """One line of the reference: what to send where, and the scopes it needs."""

    method: str
    path: str
    summary: str
    scopes: tuple[str, ...]


@dataclass(frozen=True)
class Property:
    """One field of a record: its type in a word, whether it is needed, what to know about it."""

    name: str
    type: str
    is_required: bool
    is_readonly: bool
    note: str


@dataclass(frozen=True)
class Chapter:
    """What one object can do and what it is made of."""

    name: str
    title: str
    operations: tuple[Operation, ...]
    properties: tuple[Property, ...]


@oauth.get("/developers")
def documentation() -> str:
    """How to get a token, what can be read and written, and what the answers mean."""
    chapters = reference(current_app._get_current_object())  # type: ignore[attr-defined]
    return render_template(
        "api/documentation/page.html",
        base=issuer(),
        objects=[chapter for chapter in chapters if chapter.properties],
        general=[chapter for chapter in chapters if not chapter.properties],
        problems=problems.KINDS.values(),
        scopes=scope_groups(SCOPES),
        lifetimes={"access": rules.ACCESS_LIFETIME, "refresh": rules.REFRESH_LIFETIME},
    )


@lru_cache(maxsize=1)
def reference(app: Flask) -> tuple[Chapter, ...]:
    """The chapters of the reference, as openapi.json has them."""
    names = tuple(each.name for each in registry.every())
    told = orjson.loads(openapi.document(app, names, registry.model().revision))
    titles = {tag["name"]: tag["description"] for tag in told["tags"]}
    return tuple(
        Chapter(tag, titles.get(tag, ""), _operations(told, tag), _properties(told, tag))
        for tag in dict.fromkeys(_tags(told))
    )


def _tags(told: dict[str, Any]) -> list[str]:
    return [tag["name"] for tag in told["tags"]] + [
        tag for path in told["paths"].values() for operation in path.values() for tag in operation["tags"]
    ]


def _operations(told: dict[str, Any], tag: str) -> tuple[Operation, ...]:
    return tuple(
        Operation(method.upper(), path, operation["summary"], _scopes(operation))
        for path, methods in told["paths"].items()
        for method, operation in methods.items()
        if tag in operation["tags"]
    )


def _scopes(operation: dict[str, Any]) -> tuple[str, ...]:
    return tuple(scope for way in operation.get("security", ()) for scope in way.get("oauth", ()))


def _properties(told: dict[str, Any], name: str) -> tuple[Property, ...]:
    schemas = told["components"]["schemas"]
    read, written = schemas.get(name, {}), schemas.get(f"{name}_new", {})
    return tuple(
        Property(
            name=field,
            type=_type(schema),
            is_required=field in written.get("required", ()),
            is_readonly=field not in written.get("properties", {}),
            note=schema.get("description", ""),
        )
        for field, schema in read.get("properties", {}).items()
    )


def _type(schema: dict[str, Any]) -> str:
    """A schema in a word or two: date-time, one of a, b, c."""
    if choices := [str(each) for each in schema.get("enum", ()) if each is not None]:
        return " | ".join(choices)
    kinds = schema.get("type", "object")
    kind = next((each for each in kinds if each != "null"), "") if isinstance(kinds, list) else str(kinds)
    return str(schema.get("format") or kind)
