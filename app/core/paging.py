"""Opaque cursors: where a page ends, in a form that is checked when it comes back."""

import base64
import binascii
from hashlib import blake2s
from typing import Any

import orjson

from app.core.errors import Invalid
from app.core.text import N_

_CHECK = 6
LONGEST = 8_000
BAD = N_("This page mark is not valid here. Start again from the first page.")


def pack(kind: str, content: Any) -> str:
    """`content` (JSON) as a cursor for lists of this `kind`; the kind is checked and not readable from it."""
    body = orjson.dumps(content)
    return base64.urlsafe_b64encode(_check(kind, body) + body).decode().rstrip("=")


def unpack(kind: str, cursor: str) -> Any:
    """What `pack` put in; raises Invalid for a cursor that is damaged or belongs to another list."""
    if len(cursor) <= LONGEST and cursor.isascii():
        try:
            raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        except (binascii.Error, ValueError):
            raw = b""
        check, body = raw[:_CHECK], raw[_CHECK:]
        if body and check == _check(kind, body):
            return orjson.loads(body)
    raise Invalid.one("cursor", "bad_cursor", BAD)


def _check(kind: str, body: bytes) -> bytes:
    return blake2s(body, key=blake2s(kind.encode()).digest(), digest_size=_CHECK).digest()
