"""Sending bytes as a browser does: announced, put to the address that was given, completed."""

import hashlib
import io
import struct
import urllib.error
import urllib.request
import zlib
from uuid import UUID

from flask import Flask
from PIL import Image

from app.core.actor import Actor
from app.domain.files import actions
from app.domain.files.actions import Upload
from app.domain.files.models import File
from tenants.session import unit_of_work
from tests.work import places, work_off
from workers.relay import connect

# Object and id of the record that a file is for.
Place = tuple[str, UUID]


def announce(
    actor: Actor,
    name: str,
    body: bytes,
    content_type: str = "application/octet-stream",
    to: Place | None = None,
) -> Upload:
    """Where the bytes may be sent."""
    with unit_of_work():
        return actions.request_upload(
            actor,
            name=name,
            size=len(body),
            content_type=content_type,
            sha256=hashlib.sha256(body).hexdigest(),
            object=to[0] if to else None,
            record_id=to[1] if to else None,
        )


def send(upload: Upload, body: bytes, **headers: str) -> int:
    """The status that S3 answers the bytes with."""
    request = urllib.request.Request(upload.url, body, {**upload.headers, **headers}, method="PUT")
    try:
        with urllib.request.urlopen(request) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        error.close()
        return error.code


def bring(
    actor: Actor,
    name: str,
    body: bytes,
    content_type: str = "application/octet-stream",
    to: Place | None = None,
) -> File:
    """The file, completed."""
    upload = announce(actor, name, body, content_type, to)
    assert send(upload, body) == 200
    with unit_of_work():
        return actions.complete(actor, upload.id)


def fetched(url: str) -> tuple[int, dict[str, str], bytes]:
    """Status, headers in lower case and bytes of an address."""
    try:
        with urllib.request.urlopen(url) as answer:
            return answer.status, {k.lower(): v for k, v in answer.headers.items()}, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, {}, b""


def later(app: Flask) -> None:
    """All that is staged is done, as if its time had come."""
    for _ in range(3):
        for url, table in places():
            with connect(url) as owner:
                owner.execute(f"UPDATE {table} SET due_at = now() WHERE state = 'staged'".encode())
        work_off(app)


def png(width: int = 40, height: int = 30) -> bytes:
    """A picture of one colour."""
    out = io.BytesIO()
    Image.new("RGB", (width, height), (40, 90, 160)).save(out, "PNG")
    return out.getvalue()


def flood(width: int = 40_000, height: int = 40_000) -> bytes:
    """A small PNG that says it has a huge number of dots."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress(bytes(width * 3 + 1) * 50, 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
