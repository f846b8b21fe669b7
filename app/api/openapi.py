"""The API's own description: OpenAPI 3.1, with the model of the tenant whose token asks."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from hashlib import blake2b
from typing import Any

import orjson
from flask import Flask, Response, current_app, g, request
from werkzeug.routing import Rule

from app.api import asking
from app.api.answers import written
from app.api.describing import common, parts, schemas
from app.api.describing.operations import OBJECT_OPERATIONS, OPERATIONS
from app.api.doors import api
from app.api.scopes import everybody, needed
from app.core.permissions import SCOPES, grantable
from app.records import registry
from app.records.rights import readable
from app.records.types import ObjectType
from app.ui import marks

ENDPOINT = f"{api.name}."
_ARGUMENT = re.compile(r"<(?:[^:<>]+:)?([a-z_]+)>")


@api.get("/openapi.json")
@everybody
def show_openapi() -> Response:
    """The document; with a good token of what it may read."""
    asking.known(())
    names = tuple(readable(g.actor)) if "actor" in g else tuple(each.name for each in registry.every())
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    text = document(app, names, registry.model().revision)
    answer = written(text)
    answer.set_etag(blake2b(text, digest_size=12).hexdigest())
    answer.headers["Vary"] = "Authorization"
    answer.make_conditional(request)
    return answer


@lru_cache(maxsize=64)
def document(app: Flask, names: Sequence[str], _revision: str) -> bytes:
    """The description of the API with these objects, as JSON; cached by the model they are of."""
    base = app.extensions["kith"].base_url
    objects = [registry.get(name) for name in names]
    content = {
        "openapi": "3.1.0",
        "info": {
            "title": "Kith",
            "version": "1",
            "description": "Companies, people, what they ordered, what was promised, what went wrong.",
        },
        "servers": [{"url": base}],
        "security": [{"oauth": []}],
        "tags": [{"name": each.name, "description": each.plural} for each in objects],
        "paths": paths(app, objects),
        "components": {
            "securitySchemes": {"oauth": _oauth(base)},
            "schemas": {**common.SCHEMAS, **_schemas(objects)},
            "responses": parts.problem_answers(),
            "headers": parts.HEADERS,
        },
    }
    return orjson.dumps(content)


def paths(app: Flask, objects: Sequence[ObjectType]) -> dict[str, Any]:
    """Every address of the API with its operations."""
    found: dict[str, Any] = {}
    for rule in rules(app):
        name = rule.endpoint.removeprefix(ENDPOINT)
        for described in objects if name in OBJECT_OPERATIONS else (None,):
            operation = OBJECT_OPERATIONS[name](described) if described else OPERATIONS[name]
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                there = found.setdefault(path_of(rule, described), {})
                there[method.lower()] = _whole(app, rule, described, operation)
    return found


def rules(app: Flask) -> Iterator[Rule]:
    """The API's addresses in a fixed order."""
    own = (rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith(ENDPOINT))
    return iter(sorted(own, key=lambda rule: (rule.rule, sorted(rule.methods or ()))))


def path_of(rule: Rule, described: ObjectType | None) -> str:
    """A rule as a path of OpenAPI: /api/v1/contacts/{record_id}."""
    text = rule.rule
    if described is not None:
        text = text.replace("<object:described>", described.name)
    return _ARGUMENT.sub(r"{\1}", text)


def _whole(app: Flask, rule: Rule, described: ObjectType | None, operation: dict[str, Any]) -> dict[str, Any]:
    name = rule.endpoint.removeprefix(ENDPOINT)
    told: dict[str, Any] = {
        "operationId": f"{name}_{described.name}" if described else name,
        "tags": [described.name] if described else ["kith"],
        **operation,
    }
    if marks.has(app, rule.endpoint, "public"):
        return told | {"security": []}
    scopes = needed(app, rule.endpoint, {"described": described})
    return told | {"security": [{"oauth": [grantable(scope) for scope in scopes if ":" in scope]}]}


def _schemas(objects: Sequence[ObjectType]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for each in objects:
        found[each.name] = schemas.record(each)
        found[f"{each.name}_new"] = schemas.written(each, new=True)
        found[f"{each.name}_patch"] = schemas.written(each, new=False)
        found[f"{each.name}_page"] = {
            "type": "object",
            "required": ["data", "next_cursor"],
            "properties": {
                "data": {"type": "array", "items": parts.ref(each.name)},
                "next_cursor": {"type": ["string", "null"]},
                "meant": {
                    "type": "string",
                    "description": "What q was read as, where nothing has its words",
                },
            },
        }
    return found


def _oauth(base: str) -> dict[str, Any]:
    flow = {"tokenUrl": f"{base}/oauth/token", "scopes": SCOPES}
    return {
        "type": "oauth2",
        "description": f"{base}/.well-known/oauth-authorization-server",
        "flows": {
            "clientCredentials": flow,
            "authorizationCode": {**flow, "authorizationUrl": f"{base}/oauth/authorize"},
        },
    }
