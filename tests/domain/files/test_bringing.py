"""Files come in: announced, sent straight to S3, looked at, ready or refused."""

import hashlib
from dataclasses import replace
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.config import Settings
from app.core import process, storage
from app.core.actor import Actor
from app.core.errors import Conflict, Invalid, LimitReached, NotAllowed, NotFound
from app.domain.files import actions, queries, rules
from app.domain.files.models import File
from app.records import writing
from app.records.timeline import timeline
from tenants.context import current
from tenants.session import session, unit_of_work
from tests.conftest import S3
from tests.domain.files.sending import announce, bring, fetched, later, png, send

TEXT = b"Please deliver before Friday."


def test_a_file_arrives_and_hangs_on_its_record(ann: Actor) -> None:
    with unit_of_work():
        company = writing.create(ann, "companies", {"name": "Meyer Maschinenbau"})
    file = bring(ann, "notes.txt", TEXT, "text/plain", ("companies", company.id))
    assert (file.state, file.sniffed_type, file.size) == ("ready", "text/plain", len(TEXT))
    with unit_of_work():
        assert [each.name for each in queries.of_record(ann, "companies", company.id)] == ["notes.txt"]
        told = timeline(ann, [company.id]).entries[0]
        assert (told.verb, told.data["file"], told.title) == ("file_added", "notes.txt", "Meyer Maschinenbau")


def test_other_bytes_than_announced_are_not_taken(ann: Actor) -> None:
    upload = announce(ann, "notes.txt", TEXT)
    assert send(upload, TEXT[::-1]) in {400, 403}
    assert send(upload, TEXT + b"!") == 403
    assert send(upload, TEXT, **{"Content-Type": "text/html"}) == 403
    assert send(upload, TEXT, **{"x-amz-checksum-sha256": "A" * 43 + "="}) in {400, 403}
    with pytest.raises(Conflict), unit_of_work():
        actions.complete(ann, upload.id)
    assert send(upload, TEXT) == 200


def test_completing_twice_tells_once(ann: Actor) -> None:
    with unit_of_work():
        company = writing.create(ann, "companies", {"name": "Meyer"})
    file = bring(ann, "a.txt", TEXT, "", ("companies", company.id))
    with unit_of_work():
        assert actions.complete(ann, file.id).state == "ready"
        verbs = [entry.verb for entry in timeline(ann, [company.id]).entries]
    assert verbs == ["file_added", "created"]


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"size": 0}, "size"),
        ({"size": -1}, "size"),
        ({"size": 101 * 1024 * 1024}, "size"),
        ({"name": "  "}, "name"),
        ({"sha256": "abc"}, "sha256"),
        ({"sha256": "G" * 64}, "sha256"),
    ],
)
def test_what_may_not_come_is_said_first(ann: Actor, change: dict[str, object], path: str) -> None:
    given: dict[str, object] = {"name": "a.txt", "size": 3, "sha256": "0" * 64}
    with pytest.raises(Invalid) as refused, unit_of_work():
        actions.request_upload(ann, **{**given, **change})  # type: ignore[arg-type]
    assert [problem.path for problem in refused.value.problems] == [path]


def test_disguised_content_is_refused_and_erased(ann: Actor, app: Flask) -> None:
    file = bring(
        ann, "photo.png", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "image/png"
    )
    assert (file.state, file.sniffed_type) == ("refused", "image/svg+xml")
    assert file.problem
    with unit_of_work(), pytest.raises(NotFound):
        actions.download(ann, file.id)
    later(app)
    with pytest.raises(NotFound):
        storage.size(file.storage_key)


def test_uploads_that_nobody_completes_are_forgotten(ann: Actor, app: Flask) -> None:
    upload = announce(ann, "late.txt", TEXT)
    assert send(upload, TEXT) == 200
    with unit_of_work():
        key = session.get_one(File, upload.id).storage_key
    later(app)
    with unit_of_work():
        assert session.get(File, upload.id) is None
    with pytest.raises(NotFound):
        storage.size(key)
    with pytest.raises(NotFound), unit_of_work():
        actions.complete(ann, upload.id)


def test_completed_files_outlive_the_hour(ann: Actor, app: Flask) -> None:
    file = bring(ann, "notes.txt", TEXT)
    later(app)
    assert storage.get(file.storage_key) == TEXT


def test_only_who_announced_it_completes_it(ann: Actor, bob: Actor) -> None:
    upload = announce(ann, "notes.txt", TEXT)
    send(upload, TEXT)
    for stranger in (bob, replace(ann, kind="client")):
        with pytest.raises(NotFound), unit_of_work():
            actions.complete(stranger, upload.id)


def test_loose_files_are_their_makers_alone(ann: Actor, bob: Actor) -> None:
    file = bring(ann, "notes.txt", TEXT)
    with unit_of_work():
        assert actions.download(ann, file.id)
        with pytest.raises(NotFound):
            actions.download(bob, file.id)


def test_readers_bring_nothing(ann: Actor, ralf: Actor) -> None:
    with unit_of_work():
        company = writing.create(ann, "companies", {"name": "Meyer"})
    with pytest.raises(NotAllowed):
        announce(ralf, "a.txt", TEXT, "", ("companies", company.id))
    with pytest.raises(NotAllowed):
        announce(ralf, "a.txt", TEXT)
    with pytest.raises(NotFound):
        announce(ann, "a.txt", TEXT, "", ("companies", uuid4()))


def test_the_tenants_room_is_limited(ann: Actor, settings: Settings, s3: S3) -> None:
    small = replace(process.settings(), files_megabytes=1)
    process.configure(small)
    bring(ann, "a.bin", b"\7\xc8\0" * 200_000)
    with pytest.raises(LimitReached) as refused:
        announce(ann, "b.bin", b"\7\xc8\0" * 200_000)
    assert (refused.value.kind, refused.value.retry_after) == ("storage_bytes", None)
    announce(ann, "c.bin", b"\7\xc8\0" * 100_000)


def test_open_uploads_are_limited(carol: Actor) -> None:
    for number in range(rules.MOST_PENDING["customer"]):
        announce(carol, f"{number}.txt", TEXT)
    with pytest.raises(LimitReached) as refused:
        announce(carol, "one more.txt", TEXT)
    assert refused.value.retry_after


def test_bytes_that_are_here_are_kept_the_same_way(ann: Actor) -> None:
    with unit_of_work():
        company = writing.create(ann, "companies", {"name": "Meyer"})
        kept = actions.store(ann, name="a.png", body=png(), object="companies", record_id=company.id)
        refused = actions.store(ann, name="b.png", body=b"<html>", object="companies", record_id=company.id)
    assert (kept.state, refused.state) == ("ready", "refused")
    with unit_of_work():
        assert [each.name for each in queries.of_record(ann, "companies", company.id)] == ["a.png"]
        status, headers, body = fetched(actions.download(ann, kept.id))
    assert (status, body) == (200, png())
    assert headers["content-disposition"].startswith("attachment")
    assert kept.sha256 == hashlib.sha256(png()).hexdigest()


def test_two_tenants_share_no_file(ann: Actor) -> None:
    file = bring(ann, "notes.txt", TEXT)
    assert file.storage_key.startswith(f"{current().schema}/")
    with unit_of_work():
        assert session.scalar(select(func.count()).select_from(File)) == 1
