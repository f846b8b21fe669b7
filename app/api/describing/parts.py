"""What many operations share: parameters, headers, answers."""

from collections.abc import Sequence
from typing import Any

from app.api.problems import KINDS, PROBLEM_JSON
from app.records import shapes
from app.records.types import ObjectType

Part = dict[str, Any]

_WHERE = (
    'The filter tree of views and segments as JSON: {"field", "op", "value"}, {"and": [...]}, {"or": [...]},'
    ' {"not": {...}}'
)


def query(name: str, description: str, schema: Part | None = None) -> Part:
    """A parameter of the query."""
    return {"name": name, "in": "query", "description": description, "schema": schema or {"type": "string"}}


def path(name: str, schema: Part, description: str = "") -> Part:
    """A parameter of the path."""
    return {"name": name, "in": "path", "required": True, "schema": schema, "description": description}


def shown(described: ObjectType) -> list[Part]:
    """What each answer with records takes."""
    known = ", ".join(shapes.expandable(described))
    return [
        query(
            "fields", "Names of the fields to show, with commas between; id, object and version always are"
        ),
        query("expand", f"Relations to show whole, with commas between: {known}"),
    ]


def listed(described: ObjectType) -> list[Part]:
    """What a list takes."""
    sortable = [each.name for each in described.by_name.values() if each.sortable]
    filters = {each.name: {"type": "string"} for each in described.fields}
    return [
        {
            "name": "filter",
            "in": "query",
            "style": "deepObject",
            "explode": True,
            "description": "filter[field]=value, or filter[field][op]=value; /objects names the operators."
            " Fields of related records, two steps far, behind a point: filter[company_id.city]=Kiel",
            "schema": {"type": "object", "properties": filters, "additionalProperties": False},
        },
        {
            "name": "where",
            "in": "query",
            "description": _WHERE,
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/where"}}},
        },
        query(
            "q",
            "Words that all stand in the record; where none has them, a slip is forgiven",
            {"type": "string", "maxLength": 200},
        ),
        query("sort", "A sortable field, with - before it for the largest first", _sorts(sortable)),
        query("limit", "Records at once", {"type": "integer", "minimum": 1, "maximum": 200, "default": 50}),
        query("cursor", "next_cursor of the page before, for the same list"),
        *shown(described),
    ]


def _sorts(names: Sequence[str]) -> Part:
    return {"type": "string", "enum": [each for name in names for each in (name, f"-{name}")]}


def idempotent() -> Part:
    """The header of requests that may be sent again."""
    return {
        "name": "Idempotency-Key",
        "in": "header",
        "description": "A key of your own for this very request; for a day a repetition gets the same answer",
        "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
    }


def if_match() -> Part:
    """The header of changes that hold for one version only."""
    return {
        "name": "If-Match",
        "in": "header",
        "description": "The ETag that you read: 412 where the record was changed since",
        "schema": {"type": "string"},
    }


def if_none_match() -> Part:
    """The header of reading again."""
    return {
        "name": "If-None-Match",
        "in": "header",
        "description": "The ETag that you have: 304 where it is still the same",
        "schema": {"type": "string"},
    }


def content(schema: Part, media: str = "application/json") -> Part:
    """A body."""
    return {"content": {media: {"schema": schema}}}


def body(schema: Part, media: Sequence[str] = ("application/json",)) -> Part:
    """What is sent."""
    return {"required": True, "content": {each: {"schema": schema} for each in media}}


def ref(name: str) -> Part:
    """One of the schemas."""
    return {"$ref": f"#/components/schemas/{name}"}


def answer(description: str, schema: Part | None = None, *, headers: Sequence[str] = ()) -> Part:
    """A good answer; `headers` are those it has beside the limits."""
    told: Part = {"description": description, "headers": _headers(headers)}
    return told | content(schema) if schema else told


def refusals(*statuses: int) -> Part:
    """The problems that an operation may answer, by status; the ones that all have are among them."""
    return {
        str(status): {"$ref": f"#/components/responses/problem_{status}"}
        for status in sorted({*statuses, 429, 500, 503})
    }


def problem_answers() -> Part:
    """Every problem as a component."""
    found: Part = {}
    for kind in KINDS.values():
        name = f"problem_{kind.status}"
        meaning = f"{found[name]['description']} {kind.meaning}" if name in found else kind.meaning
        found[name] = {
            "description": meaning,
            "headers": _headers(_OF_PROBLEMS.get(kind.status, ())),
            **content(ref("problem"), PROBLEM_JSON),
        }
    return found


_OF_PROBLEMS = {401: ("WWW-Authenticate",), 403: ("WWW-Authenticate",), 429: ("Retry-After",)}
_LIMITS = ("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset")
HEADERS: Part = {
    "RateLimit-Limit": {"description": "Requests per minute", "schema": {"type": "integer"}},
    "RateLimit-Remaining": {"description": "Requests left in this minute", "schema": {"type": "integer"}},
    "RateLimit-Reset": {"description": "Seconds until the next minute", "schema": {"type": "integer"}},
    "Retry-After": {"description": "Seconds to wait", "schema": {"type": "integer"}},
    "WWW-Authenticate": {"description": "What is missing (RFC 6750)", "schema": {"type": "string"}},
    "ETag": {"description": "The version of this answer", "schema": {"type": "string"}},
    "Location": {"description": "Where it is", "schema": {"type": "string"}},
}


def _headers(names: Sequence[str]) -> Part:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in (*_LIMITS, *names)}
