"""Answers in JSON, written as bytes at once."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

import orjson
from flask import Response, request

from app.core.errors import Invalid
from app.core.text import N_

JSON = "application/json"
NOT_AN_OBJECT = N_("Send one JSON object.")
ACCEPTED = (JSON, "application/merge-patch+json")


class NotJson(Exception):
    """The body is not what its content type says, or of no type that is taken here."""

    def __init__(self, status: int) -> None:
        super().__init__(str(status))
        self.status = status


def told(content: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Anything as JSON."""
    return written(orjson.dumps(content, default=str), status, headers)


def written(body: bytes | str, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """JSON that is text already."""
    return Response(body, status, headers, content_type=JSON)


def listed(records: Iterable[str], next_cursor: str | None) -> Response:
    """A page of records that are JSON text already, without reading them again."""
    cursor = orjson.dumps(next_cursor).decode()
    return written(f'{{"data":[{",".join(records)}],"next_cursor":{cursor}}}')


def nothing() -> Response:
    """Done, and there is nothing to tell."""
    answer = Response(status=204)
    del answer.headers["Content-Type"]
    return answer


def body() -> dict[str, Any]:
    """The JSON object that was sent; raises NotJson for another type or a slip, Invalid for no object."""
    if request.mimetype not in ACCEPTED:
        raise NotJson(415)
    try:
        content = orjson.loads(request.get_data())
    except orjson.JSONDecodeError:
        raise NotJson(400) from None
    if not isinstance(content, dict):
        raise Invalid.one("", "not_an_object", NOT_AN_OBJECT)
    return content


def no_body() -> None:
    """For acts that take nothing: an empty body, or an empty object."""
    if request.get_data().strip() in {b"", b"{}"}:
        return
    if body():
        raise Invalid.one("", "unexpected", N_("This takes no fields."))


def path_of(record_id: UUID, object_name: str) -> str:
    """The address of a record, from the top of the host."""
    return f"/api/v1/{object_name}/{record_id}"
