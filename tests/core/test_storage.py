"""Bytes in a real S3, and addresses for browsers that let in what they name and nothing else."""

import hashlib
import io
import urllib.error
import urllib.request
from dataclasses import replace

import pytest

from app.config import Settings
from app.core import process, storage
from app.core.errors import NotFound
from tenants.context import Tenant
from tests.conftest import S3


def test_bytes_come_back_in_pieces_or_whole(s3: S3, inside: Tenant) -> None:
    key = storage.new_key()
    assert key.startswith(f"{inside.schema}/")
    storage.put(key, io.BytesIO(b"x" * 600_000))
    assert storage.size(key) == 600_000
    assert sum(map(len, storage.stream(key, start=100_000))) == 500_000
    storage.put(key, b"short")
    assert storage.get(key) == b"short"


def test_what_is_missing_is_not_found(s3: S3, inside: Tenant) -> None:
    key = storage.new_key()
    storage.delete(key)
    with pytest.raises(NotFound):
        storage.get(key)
    with pytest.raises(NotFound):
        storage.size(key)


def test_all_of_a_tenant_goes_at_once(s3: S3, inside: Tenant) -> None:
    for _ in range(3):
        storage.put(storage.new_key(), b"x")
    assert storage.delete_all(f"{inside.schema}/") == 3
    assert storage.delete_all(f"{inside.schema}/") == 0


def send(address: storage.Address, body: bytes, **headers: str) -> int:
    request = urllib.request.Request(address.url, body, {**address.headers, **headers}, method="PUT")
    try:
        with urllib.request.urlopen(request) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        error.close()
        return error.code


def address_for(body: bytes) -> storage.Address:
    digest = hashlib.sha256(body).hexdigest()
    return storage.upload_address(storage.new_key(), content_type="text/csv", length=len(body), sha256=digest)


def test_upload_address_takes_these_bytes_only(s3: S3, inside: Tenant) -> None:
    address = address_for(b"a,b")
    assert send(address, b"a,b") == 200
    assert send(address, b"a,c") == 400
    assert send(address, b"a,b,c") == 403
    assert send(address, b"a,b", **{"Content-Type": "text/html"}) == 403
    other = address_for(b"a,c")
    assert send(address, b"a,c", **other.headers) == 403
    crossed = storage.Address(address.url.split("?")[0] + "?" + other.url.split("?")[1], other.headers)
    assert send(crossed, b"a,c") == 403


def test_the_policy_names_what_addresses_begin_with(
    s3: S3, inside: Tenant, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert address_for(b"x").url.startswith(storage.public_place(process.settings()))
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    amazon = replace(settings, s3_endpoint_url=None, s3_bucket="kith-of-aws")
    process.configure(amazon)
    place = storage.public_place(amazon)
    assert place == "https://s3.eu-central-1.amazonaws.com/kith-of-aws/"
    assert address_for(b"x").url.startswith(place)


def test_heads_are_as_long_as_there_is(s3: S3, inside: Tenant) -> None:
    key = storage.new_key()
    storage.put(key, b"abc")
    assert (storage.head(key, 2), storage.head(key, 9)) == (b"ab", b"abc")
    storage.put(key, b"")
    assert storage.head(key, 9) == b""
    with pytest.raises(NotFound):
        storage.head(storage.new_key(), 9)


def test_download_is_saved_under_its_name(s3: S3, inside: Tenant) -> None:
    key = storage.new_key()
    storage.put(key, b"<script>alert(1)</script>", "text/html")
    url = storage.download_address(key, name='Köln";x="\r\n.html', content_type="application/octet-stream")
    with urllib.request.urlopen(url) as answer:
        assert answer.headers["Content-Type"] == "application/octet-stream"
        assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
        assert "K%C3%B6ln" in answer.headers["Content-Disposition"]


def test_nothing_is_streamed_as_nothing(s3: S3, inside: Tenant) -> None:
    key = storage.new_key()
    storage.put(key, b"")
    assert list(storage.stream(key)) == []
    storage.put(key, b"a,b")
    assert list(storage.stream(key, start=3)) == []
