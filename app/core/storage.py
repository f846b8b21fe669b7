"""Files' bytes in S3: keys are `tenant/uuid`, opaque; browsers come with presigned addresses only."""

import base64
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import IO, TYPE_CHECKING
from uuid import UUID

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from app.config import Settings
from app.core import process
from app.core.errors import NotFound, Unavailable
from app.core.ids import new_id
from tenants.context import current

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

PRESIGNED_SECONDS = 300
CHUNK = 256 * 1024
PART = 5 * 1024 * 1024
_BEYOND_END = "InvalidRange"
_MISSING = frozenset({"404", "NoSuchKey", "NoSuchUpload", "NotFound"})

_CONFIG = Config(
    signature_version="s3v4",
    connect_timeout=3,
    read_timeout=20,
    retries={"max_attempts": 4, "mode": "standard"},
    s3={"addressing_style": "path"},
    # Checksums that not every S3 knows are sent where they are asked for only.
    request_checksum_calculation="when_required",
    response_checksum_validation="when_required",
    max_pool_connections=16,
)
_lock = threading.Lock()


def new_key(file_id: UUID | None = None) -> str:
    """A fresh key of the current tenant."""
    return f"{current().schema}/{file_id or new_id()}"


def put(key: str, body: bytes | IO[bytes], content_type: str = "application/octet-stream") -> None:
    """Store bytes or a stream under `key`."""
    with _told():
        _inside().put_object(Bucket=_bucket(), Key=key, Body=body, ContentType=content_type)


def begin_parts(key: str, content_type: str) -> str:
    """Begin to store `key` in parts; the id of the upload, which is nothing until `finish_parts`."""
    with _told():
        answer = _inside().create_multipart_upload(Bucket=_bucket(), Key=key, ContentType=content_type)
        return str(answer["UploadId"])


def put_part(key: str, upload_id: str, number: int, body: bytes) -> str:
    """Store part `number` (from 1; all but the last have at least PART bytes); its tag for `finish_parts`.

    The same number again replaces what was there.
    """
    with _told():
        part = {"Bucket": _bucket(), "Key": key, "UploadId": upload_id, "PartNumber": number}
        return str(_inside().upload_part(**part, Body=body)["ETag"])  # type: ignore[arg-type]


def finish_parts(key: str, upload_id: str, tags: Sequence[str]) -> None:
    """Make `key` of its parts in their order."""
    parts = [{"PartNumber": number, "ETag": tag} for number, tag in enumerate(tags, 1)]
    with _told():
        _inside().complete_multipart_upload(
            Bucket=_bucket(),
            Key=key,
            UploadId=upload_id,
            MultipartUpload={"Parts": parts},  # type: ignore[typeddict-item]
        )


def put_pieces(key: str, pieces: Iterable[bytes], content_type: str = "application/octet-stream") -> None:
    """Store what comes in pieces under `key`, with no more than a part of it in memory."""
    waiting, tags, upload = bytearray(), list[str](), ""
    for piece in pieces:
        waiting += piece
        if len(waiting) >= PART:
            upload = upload or begin_parts(key, content_type)
            tags.append(put_part(key, upload, len(tags) + 1, bytes(waiting)))
            waiting.clear()
    if not upload:
        put(key, bytes(waiting), content_type)
        return
    if waiting:
        tags.append(put_part(key, upload, len(tags) + 1, bytes(waiting)))
    finish_parts(key, upload, tags)


def get(key: str) -> bytes:
    """All bytes of `key`; NotFound where there are none."""
    with _told():
        return bytes(_inside().get_object(Bucket=_bucket(), Key=key)["Body"].read())


def stream(key: str, start: int = 0) -> Iterator[bytes]:
    """The bytes of `key` from position `start`, in pieces, none from its end on; NotFound without `key`."""
    with _told():
        try:
            answer = _inside().get_object(Bucket=_bucket(), Key=key, Range=f"bytes={start}-")
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") == _BEYOND_END:
                return
            raise
        yield from answer["Body"].iter_chunks(CHUNK)


def size(key: str) -> int:
    """How many bytes `key` has; NotFound where there are none."""
    with _told():
        return int(_inside().head_object(Bucket=_bucket(), Key=key)["ContentLength"])


def head(key: str, count: int) -> bytes:
    """The first `count` bytes of `key`, fewer where there are no more; NotFound without `key`."""
    with _told():
        try:
            answer = _inside().get_object(Bucket=_bucket(), Key=key, Range=f"bytes=0-{count - 1}")
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") == _BEYOND_END:
                return b""
            raise
        return bytes(answer["Body"].read())


def delete(key: str) -> None:
    """Remove `key`, whether it is there or not."""
    with _told():
        _inside().delete_object(Bucket=_bucket(), Key=key)


def weigh(prefix: str) -> tuple[int, int]:
    """How many keys begin with `prefix`, and their bytes together."""
    count = size = 0
    with _told():
        for page in _inside().get_paginator("list_objects_v2").paginate(Bucket=_bucket(), Prefix=prefix):
            entries = page.get("Contents", [])
            count, size = count + len(entries), size + sum(entry["Size"] for entry in entries)
    return count, size


def delete_all(prefix: str, most: int | None = None) -> int:
    """Remove every key that begins with `prefix`, and what was begun to be uploaded there; how many keys.

    Stops soon after `most`.
    """
    removed = 0
    with _told():
        for page in _inside().get_paginator("list_objects_v2").paginate(Bucket=_bucket(), Prefix=prefix):
            keys = [{"Key": entry["Key"]} for entry in page.get("Contents", [])]
            if keys:
                batch = {"Objects": keys, "Quiet": True}
                answer = _inside().delete_objects(Bucket=_bucket(), Delete=batch)  # type: ignore[arg-type]
                if failed := answer.get("Errors"):
                    raise Unavailable(f"the file store kept {len(failed)} files")
            removed += len(keys)
            if most is not None and removed >= most:
                break
        _abort_uploads(prefix)
    return removed


def _abort_uploads(prefix: str) -> None:
    """Parts of uploads that nobody finished lie beside the keys, and cost."""
    for page in _inside().get_paginator("list_multipart_uploads").paginate(Bucket=_bucket(), Prefix=prefix):
        for upload in page.get("Uploads", []):
            if upload["Key"].startswith(prefix):
                begun = {"Key": upload["Key"], "UploadId": upload["UploadId"]}
                _inside().abort_multipart_upload(Bucket=_bucket(), **begun)


@dataclass(frozen=True)
class Address:
    """Where a browser sends bytes, and the headers that it must send with them."""

    url: str
    headers: dict[str, str]


def upload_address(key: str, *, content_type: str, length: int, sha256: str) -> Address:
    """Where a browser may PUT exactly these bytes for a few minutes.

    Length, type and SHA-256 (hexadecimal) are signed, so the address is good for nothing else: S3 compares
    the checksum with what arrives (SeaweedFS and AWS alike), and whoever sends again sends the same.
    """
    checksum = base64.b64encode(bytes.fromhex(sha256)).decode()
    wanted = {
        "Bucket": _bucket(),
        "Key": key,
        "ContentType": content_type,
        "ContentLength": length,
        "ChecksumSHA256": checksum,
    }
    with _told():
        url = _outside().generate_presigned_url("put_object", Params=wanted, ExpiresIn=PRESIGNED_SECONDS)
    return Address(url, {"Content-Type": content_type, "x-amz-checksum-sha256": checksum})


def download_address(key: str, *, name: str, content_type: str, inline: bool = False) -> str:
    """Where a browser finds the bytes for a few minutes; they are saved as `name`, shown only if `inline`."""
    plain = "".join(c if c.isascii() and c.isprintable() and c not in '"\\' else "_" for c in name)
    manner = "inline" if inline else "attachment"
    wanted = {
        "Bucket": _bucket(),
        "Key": key,
        "ResponseContentType": content_type,
        "ResponseContentDisposition": f"{manner}; filename=\"{plain}\"; filename*=UTF-8''{_encoded(name)}",
    }
    with _told():
        return _outside().generate_presigned_url("get_object", Params=wanted, ExpiresIn=PRESIGNED_SECONDS)


def public_place(settings: Settings) -> str:
    """What all presigned addresses begin with, for the policy of what pages load: this bucket alone."""
    if settings.s3_endpoint_url is not None:
        origin = settings.s3_public_url
    else:
        origin = _client(settings, public=True).meta.endpoint_url
    return f"{origin.rstrip('/')}/{settings.s3_bucket}/"


def _encoded(name: str) -> str:
    return "".join(
        chr(byte) if chr(byte).isascii() and chr(byte).isalnum() else f"%{byte:02X}"
        for byte in name.encode("utf-8", "replace")
    )


def _inside() -> "S3Client":
    return _client(process.settings(), public=False)


def _outside() -> "S3Client":
    """Signs for the address under which browsers reach S3."""
    return _client(process.settings(), public=True)


def _bucket() -> str:
    return process.settings().s3_bucket


@lru_cache(maxsize=8)
def _made(settings: Settings, public: bool) -> "S3Client":
    own = settings.s3_endpoint_url is not None
    endpoint = settings.s3_public_url if public and own else settings.s3_endpoint_url
    session = boto3.session.Session()
    region = session.region_name or ("us-east-1" if own else None)
    client: S3Client = session.client("s3", endpoint_url=endpoint, region_name=region, config=_CONFIG)
    return client


def _client(settings: Settings, *, public: bool) -> "S3Client":
    # Making a client is slow and not safe in two threads at once; using one is.
    with _lock:
        return _made(settings, public)


@contextmanager
def _told() -> Iterator[None]:
    """Failures of S3 in the application's words."""
    try:
        yield
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") in _MISSING:
            raise NotFound from error
        raise Unavailable("the file store refused") from error
    except BotoCoreError as error:
        raise Unavailable("the file store does not answer") from error
