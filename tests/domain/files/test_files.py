"""Files at their records: attached, shown to customers, thrown away, taken back, gone in the end."""

from contextlib import suppress
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import update

from app.core import storage
from app.core.actor import Actor
from app.core.clock import now
from app.core.errors import Conflict, NotAllowed, NotFound
from app.domain.files import actions, queries
from app.domain.files.models import File
from app.domain.upkeep.actions import clear
from app.records import writing
from app.records.timeline import timeline
from tenants.session import session, unit_of_work
from tests.domain.files.sending import announce, bring, fetched, later, png

TEXT = b"Please deliver before Friday."


@pytest.fixture
def company(ann: Actor) -> UUID:
    with unit_of_work():
        return writing.create(ann, "companies", {"name": "Meyer Maschinenbau"}).id


@pytest.fixture
def incident(ann: Actor, carol: Actor) -> UUID:
    """What Carol reported."""
    with unit_of_work():
        return writing.create(ann, "incidents", {"kind": "quality", "contact_id": carol.id}).id


def names(actor: Actor, object_name: str, record_id: UUID) -> list[str]:
    with unit_of_work():
        return [file.name for file in queries.of_record(actor, object_name, record_id)]


def test_loose_files_are_attached_in_their_order(ann: Actor, company: UUID, app: Flask) -> None:
    brought = [bring(ann, f"{number}.txt", TEXT).id for number in range(3)]
    with unit_of_work():
        attached = actions.attach(ann, brought, "companies", company)
        assert [file.name for file in attached] == ["0.txt", "1.txt", "2.txt"]
    later(app)
    with unit_of_work():
        clear()
    assert len(names(ann, "companies", company)) == 3


def test_only_ready_files_are_attached(ann: Actor, company: UUID) -> None:
    upload = announce(ann, "a.txt", TEXT)
    with pytest.raises(Conflict), unit_of_work():
        actions.attach(ann, [upload.id], "companies", company)
    assert names(ann, "companies", company) == []


def test_files_of_others_are_not_attached(ann: Actor, bob: Actor, company: UUID) -> None:
    file = bring(ann, "a.txt", TEXT)
    with pytest.raises(NotFound), unit_of_work():
        actions.attach(bob, [file.id], "companies", company)
    with unit_of_work():
        actions.attach(ann, [file.id], "companies", company)
        elsewhere = writing.create(ann, "companies", {"name": "Elsewhere"}).id
        with pytest.raises(NotFound):
            actions.attach(ann, [file.id], "companies", elsewhere)


def test_customers_see_what_is_shown_to_them(ann: Actor, carol: Actor, incident: UUID) -> None:
    hidden = bring(ann, "costs.txt", TEXT, to=("incidents", incident))
    shown = bring(ann, "answer.txt", TEXT, to=("incidents", incident))
    with unit_of_work():
        actions.share(ann, shown.id, is_customer_visible=True)
    assert names(carol, "incidents", incident) == ["answer.txt"]
    with unit_of_work():
        assert fetched(actions.download(carol, shown.id))[2] == TEXT
        with pytest.raises(NotFound):
            actions.download(carol, hidden.id)
        actions.share(ann, shown.id, is_customer_visible=False)
        with pytest.raises(NotFound):
            actions.download(carol, shown.id)


def test_customers_furnish_what_they_report(ann: Actor, carol: Actor, incident: UUID) -> None:
    photo = bring(carol, "rust.png", png(), "image/png")
    with unit_of_work():
        actions.attach(carol, [photo.id], "incidents", incident)
    assert names(carol, "incidents", incident) == names(ann, "incidents", incident) == ["rust.png"]
    with unit_of_work():
        told = timeline(ann, [incident]).entries[0]
        assert (told.verb, told.actor_name) == ("file_added", "Carol Meyer")
        actions.trash(carol, photo.id)


def test_customers_touch_nothing_else(ann: Actor, carol: Actor, incident: UUID, company: UUID) -> None:
    shown = bring(ann, "answer.txt", TEXT, to=("incidents", incident))
    photo = bring(carol, "rust.png", png(), "image/png")
    with unit_of_work():
        actions.share(ann, shown.id, is_customer_visible=True)
        order = writing.create(ann, "orders", {"contact_id": carol.id}).id
        strange = writing.create(ann, "incidents", {"kind": "quality"}).id
    with unit_of_work():
        for act in (actions.trash, actions.restore):
            with pytest.raises(NotAllowed):
                act(carol, shown.id)
        for name, record_id in (("companies", company), ("orders", order), ("incidents", strange)):
            with pytest.raises(NotFound):
                actions.attach(carol, [photo.id], name, record_id)
        with pytest.raises(NotFound):
            queries.of_record(carol, "incidents", strange)


def test_records_in_the_trash_show_customers_nothing(ann: Actor, carol: Actor, incident: UUID) -> None:
    photo = bring(carol, "rust.png", png(), "image/png")
    with unit_of_work():
        actions.attach(carol, [photo.id], "incidents", incident)
        writing.trash(ann, "incidents", incident)
    with unit_of_work():
        assert actions.download(ann, photo.id)
        with pytest.raises(NotFound):
            actions.download(carol, photo.id)


def test_the_trash_gives_back_and_ends(ann: Actor, company: UUID, app: Flask) -> None:
    file = bring(ann, "a.txt", TEXT, to=("companies", company))
    with unit_of_work():
        actions.trash(ann, file.id)
        with pytest.raises(NotFound):
            actions.download(ann, file.id)
    assert names(ann, "companies", company) == []
    with unit_of_work():
        actions.restore(ann, file.id)
    assert names(ann, "companies", company) == ["a.txt"]
    with unit_of_work():
        actions.trash(ann, file.id)
        session.execute(update(File).values(expires_at=now() - timedelta(seconds=1)))
        clear()
    assert storage.size(file.storage_key) == len(TEXT)
    later(app)
    with pytest.raises(NotFound):
        storage.size(file.storage_key)
    with pytest.raises(NotFound), unit_of_work():
        actions.restore(ann, file.id)


def test_bytes_outlive_a_forgetting_that_is_undone(ann: Actor, company: UUID, app: Flask) -> None:
    file = bring(ann, "a.txt", TEXT, to=("companies", company))
    with suppress(RuntimeError), unit_of_work():
        session.execute(update(File).values(expires_at=now() - timedelta(seconds=1)))
        clear()
        raise RuntimeError("the transaction breaks")
    later(app)
    assert storage.get(file.storage_key) == TEXT


def test_hostile_files_are_given_out_to_be_saved(ann: Actor, company: UUID) -> None:
    hostile = {
        "page.html": b"<!doctype html><script>alert(1)</script>",
        "drawing.svg": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
        "bomb.zip": b"PK\x03\x04" + bytes(2000),
        "page.xhtml": b'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><script>alert(1)</script></html>',
    }
    for name, body in hostile.items():
        file = bring(ann, name, body, "image/svg+xml", ("companies", company))
        assert file.state == "ready"
        for inline in (False, True):
            with unit_of_work():
                status, headers, got = fetched(actions.download(ann, file.id, inline=inline))
            assert (status, got) == (200, body)
            assert headers["content-disposition"].startswith("attachment")
            assert headers["content-type"] == "application/octet-stream"


def test_pictures_are_shown_in_place_when_asked(ann: Actor, company: UUID) -> None:
    file = bring(ann, "pump.png", png(), "image/png", ("companies", company))
    with unit_of_work():
        _, headers, _ = fetched(actions.download(ann, file.id, inline=True))
    assert headers["content-disposition"].startswith("inline")
    assert headers["content-type"] == "image/png"


def test_addresses_are_for_one_file_only(ann: Actor, company: UUID) -> None:
    mine = bring(ann, "a.txt", TEXT, to=("companies", company))
    other = bring(ann, "b.txt", TEXT, to=("companies", company))
    with unit_of_work():
        url = actions.download(ann, mine.id)
    assert fetched(url.replace(mine.storage_key, other.storage_key))[0] == 403
    assert fetched(url.split("?")[0])[0] == 403
    assert fetched(url.replace("octet-stream", "xhtml%2Bxml"))[0] == 403
    assert fetched(url.replace("X-Amz-Expires=300", "X-Amz-Expires=90000"))[0] == 403
    assert "X-Amz-Expires=300" in url
