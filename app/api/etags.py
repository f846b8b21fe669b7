"""Versions of answers: for "not again unless it changed", and for "only if nobody changed it"."""

from hashlib import blake2b
from typing import Any

import orjson
from flask import Response, request

from app.api.answers import written
from app.records.documents import Document
from app.records.types import ObjectType
from tenants.context import current


def etag(described: ObjectType, shown: Document, fields: Any, expand: Any) -> str:
    """A strong tag: the record's version, then a hash of model revision, visible fields, expanded versions.

    Roll-ups change values without changing the version; the text itself is in the hash for their sake.
    """
    parts = [current().schema_rev, described.name, fields, expand, shown.versions]
    told = blake2b(orjson.dumps(parts, default=str), digest_size=9)
    told.update(shown.json.encode())
    return f"{shown.versions[0]}-{told.hexdigest()}"


def answer(
    described: ObjectType, shown: Document, *, fields: Any = None, expand: Any = (), status: int = 200
) -> Response:
    """The record with its tag; 304 without a body where the asker has it already."""
    response = written(shown.json, status)
    response.set_etag(etag(described, shown, fields, expand))
    if request.method == "GET" and request.if_none_match.contains(response.get_etag()[0] or ""):
        response.status_code = 304
        response.set_data(b"")
        del response.headers["Content-Type"]
    return response


def wanted_versions() -> list[int] | None:
    """The versions that If-Match lets the record have; None where it is not sent or lets any."""
    if not request.if_match or request.if_match.star_tag:
        return None
    told = ((tag or "").partition("-")[0] for tag in request.if_match.as_set())
    return [int(version) for version in told if version.isascii() and version.isdigit() and len(version) < 10]
