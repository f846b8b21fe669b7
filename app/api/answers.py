"""Answers in JSON, written as bytes at once."""

import re
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

import orjson
from flask import Response, request

from app.core.errors import Invalid
from app.core.text import N_

JSON = "application/json"
NOT_AN_OBJECT = N_("Send one JSON object.")
# Programs are answered in English.
NOT_UTF8 = "The body is not readable as UTF-8"
HALF = "A text holds half a character, a surrogate without its other half"
# So much of what stands before a slip is looked through for the name of the member.
NEAR = 20_000
_MEMBER = re.compile(rb'"([^"\\]{1,100})"\s*:')
ACCEPTED = (JSON, "application/merge-patch+json")


class NotJson(Exception):
    """The body is not what its content type says, or of no type that is taken here; `detail` says why."""

    def __init__(self, status: int, detail: str = "") -> None:
        super().__init__(str(status))
        self.status = status
        self.detail = detail


def told(content: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Anything as JSON."""
    return written(orjson.dumps(content, default=str), status, headers)


def written(body: bytes | str, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """JSON that is text already."""
    return Response(body, status, headers, content_type=JSON)


def listed(records: Iterable[str], next_cursor: str | None, meant: str | None = None) -> Response:
    """A page of records that are JSON text already, without reading them again.

    `meant` is what the list's search was read as, where that is not what it says.
    """
    cursor = orjson.dumps(next_cursor).decode()
    read_as = f',"meant":{orjson.dumps(meant).decode()}' if meant else ""
    return written(f'{{"data":[{",".join(records)}],"next_cursor":{cursor}{read_as}}}')


def nothing() -> Response:
    """Done, and there is nothing to tell."""
    answer = Response(status=204)
    del answer.headers["Content-Type"]
    return answer


def body() -> dict[str, Any]:
    """The JSON object that was sent; raises NotJson for another type or a slip, Invalid for no object."""
    if request.mimetype not in ACCEPTED:
        raise NotJson(415)
    sent = request.get_data()
    try:
        content = orjson.loads(sent)
    except orjson.JSONDecodeError as slip:
        raise NotJson(400, _unreadable(sent, slip)) from None
    if not isinstance(content, dict):
        raise Invalid.one("", "not_an_object", NOT_AN_OBJECT)
    return content


def no_body() -> None:
    """For acts that take nothing: an empty body, or an empty object."""
    if request.get_data().strip() in {b"", b"{}"}:
        return
    if body():
        raise Invalid.one("", "unexpected", N_("This takes no fields."))


def _unreadable(sent: bytes, slip: orjson.JSONDecodeError) -> str:
    """What is wrong with the characters of the body, and in which member; "" where it is something else."""
    try:
        sent.decode()
    except UnicodeDecodeError as wrong:
        return f"{NOT_UTF8}: byte {wrong.start}{_within(sent[: wrong.start])}."
    if "surrogate" not in slip.msg:
        return ""
    return f"{HALF}{_within(slip.doc[: slip.pos].encode())}."


def _within(before: bytes) -> str:
    members = _MEMBER.findall(before[-NEAR:])
    return f', in "{members[-1].decode("utf-8", "replace")}"' if members else ""


def path_of(record_id: UUID, object_name: str) -> str:
    """The address of a record, from the top of the host."""
    return f"/api/v1/{object_name}/{record_id}"
