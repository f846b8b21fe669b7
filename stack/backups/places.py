"""Where backups lie: a folder, or a bucket of S3; nothing there is written over unless that is asked for."""

import hashlib
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

import boto3
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from stack.errors import StackError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_CHUNK = 1024 * 1024
_MISSING = frozenset({"404", "NoSuchKey", "NotFound"})
_PATIENCE = Config(connect_timeout=5, read_timeout=60, retries={"max_attempts": 4, "mode": "standard"})
_PARTS = TransferConfig(multipart_threshold=64 * _CHUNK, multipart_chunksize=64 * _CHUNK, max_concurrency=2)


@dataclass(frozen=True)
class Entry:
    """One file of a place: its name below the place, its bytes, and when it came."""

    name: str
    size: int
    at: datetime


class Place(Protocol):
    """A store of files by names like `wal/0001.gz`; all may raise StackError with a sentence for a person."""

    text: str

    def put(self, name: str, source: Path, *, replace: bool = False) -> None:
        """Store a file for good before this returns; the same again is fine, another of that name refused."""

    def fetch(self, name: str, target: Path) -> None:
        """Bring a file to `target`, whole or not at all."""

    def entries(self, prefix: str = "") -> list[Entry]:
        """What lies under `prefix`, by name."""

    def remove(self, name: str) -> None:
        """Remove a file, whether it is there or not."""


def place(text: str, environ: Mapping[str, str] = os.environ) -> Place:
    """The place that a person names: `s3://bucket/prefix` or a folder."""
    if text.startswith("s3://"):
        parts = urlsplit(text)
        if not parts.netloc:
            raise StackError(f"{text} names no bucket: write s3://bucket/prefix.")
        return Bucket(parts.netloc, parts.path.strip("/"), environ.get("KITH_S3_ENDPOINT_URL") or None)
    if "://" in text:
        raise StackError(f"Backups go to a folder or to s3://bucket/prefix, not to {text}.")
    return Folder(Path(text).expanduser().resolve())


def below(place: Place, name: str) -> Place:
    """The part `name` of a place."""
    if isinstance(place, Bucket):
        return Bucket(place.bucket, "/".join(filter(None, (place.prefix, name))), place.endpoint)
    assert isinstance(place, Folder)
    return Folder(place.root / name)


class Folder:
    """A folder, which should lie on another disk than the database."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.text = str(root)

    def put(self, name: str, source: Path, *, replace: bool = False) -> None:
        with self._told():
            self.root.mkdir(parents=True, exist_ok=True, mode=0o700)
            target = self.root / name
            if not replace and target.exists():
                _refuse_other(self.text, name, digest(target) == digest(source))
                return
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            draft = target.with_name(f".{target.name}.new")
            shutil.copyfile(source, draft)
            _to_disk(draft)
            if digest(draft) != digest(source):
                raise StackError(f"{name} did not arrive whole in {self.text}: its disk may be failing.")
            draft.replace(target)
            _to_disk(target.parent)

    def fetch(self, name: str, target: Path) -> None:
        with self._told():
            draft = target.with_name(f".{target.name}.new")
            shutil.copyfile(self.root / name, draft)
            draft.replace(target)

    def entries(self, prefix: str = "") -> list[Entry]:
        with self._told():
            return sorted(self._walk(prefix), key=lambda entry: entry.name)

    def remove(self, name: str) -> None:
        with self._told():
            path = self.root / name
            path.unlink(missing_ok=True)
            if path.parent != self.root and path.parent.is_dir() and not any(path.parent.iterdir()):
                path.parent.rmdir()

    def _walk(self, prefix: str) -> Iterator[Entry]:
        for path in self.root.rglob("*"):
            name = path.relative_to(self.root).as_posix()
            if name.startswith(prefix) and not path.name.startswith(".") and path.is_file():
                status = path.stat()
                yield Entry(name, status.st_size, datetime.fromtimestamp(status.st_mtime, UTC))

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise StackError(f"The backups in {self.text} cannot be used: {error}.") from error


class Bucket:
    """A bucket of S3; credentials by boto3's own chain."""

    def __init__(self, bucket: str, prefix: str, endpoint: str | None) -> None:
        self.bucket, self.prefix, self.endpoint = bucket, prefix, endpoint
        self.text = f"s3://{bucket}/{prefix}".rstrip("/")
        session = boto3.session.Session()
        region = session.region_name or ("us-east-1" if endpoint else None)
        style = Config(s3={"addressing_style": "path"}) if endpoint else Config()
        self._client: S3Client = session.client(
            "s3", endpoint_url=endpoint, region_name=region, config=_PATIENCE.merge(style)
        )

    def put(self, name: str, source: Path, *, replace: bool = False) -> None:
        told = digest(source)
        with self._told():
            there = None if replace else self._digest(name)
            if there is not None:
                _refuse_other(self.text, name, there == told)
                return
            extra = {"Metadata": {"sha256": told}}
            self._client.upload_file(
                str(source), self.bucket, self._key(name), ExtraArgs=extra, Config=_PARTS
            )
            answer = self._client.head_object(Bucket=self.bucket, Key=self._key(name))
        if answer["ContentLength"] != source.stat().st_size:
            raise StackError(f"{name} did not arrive whole in {self.text}: try again.")

    def fetch(self, name: str, target: Path) -> None:
        with self._told():
            draft = target.with_name(f".{target.name}.new")
            self._client.download_file(self.bucket, self._key(name), str(draft), Config=_PARTS)
            wanted = self._digest(name)
        if wanted and digest(draft) != wanted:
            raise StackError(f"{name} in {self.text} is damaged: its bytes are not those that were stored.")
        draft.replace(target)

    def entries(self, prefix: str = "") -> list[Entry]:
        cut = len(self._key(""))
        with self._told():
            pages = self._client.get_paginator("list_objects_v2").paginate(
                Bucket=self.bucket, Prefix=self._key(prefix)
            )
            found = [entry for page in pages for entry in page.get("Contents", [])]
        listed = [Entry(entry["Key"][cut:], entry["Size"], entry["LastModified"]) for entry in found]
        return sorted(listed, key=lambda entry: entry.name)

    def remove(self, name: str) -> None:
        with self._told():
            self._client.delete_object(Bucket=self.bucket, Key=self._key(name))

    def _digest(self, name: str) -> str | None:
        try:
            answer = self._client.head_object(Bucket=self.bucket, Key=self._key(name))
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") in _MISSING:
                return None
            raise
        return answer["Metadata"].get("sha256", "")

    def _key(self, name: str) -> str:
        return f"{self.prefix}/{name}" if self.prefix else name

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except (BotoCoreError, ClientError, boto3.exceptions.Boto3Error) as error:
            raise StackError(f"The backups in {self.text} cannot be used: {error}.") from error


def digest(path: Path) -> str:
    """The SHA-256 of a file, hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _refuse_other(place: str, name: str, is_same: bool) -> None:
    if not is_same:
        raise StackError(
            f"{place} holds another {name} already: two clusters write to one place, or a restored one "
            "writes where the first still does. Choose another place."
        )


def _to_disk(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
