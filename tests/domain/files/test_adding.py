"""A new record comes with its files: all of it or nothing, and what is left over is forgotten."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import update

from app.core import storage
from app.core.actor import Actor
from app.core.clock import now
from app.core.errors import Invalid, NotFound
from app.domain.files import adding, erasing
from app.domain.files import queries as files
from app.domain.files.models import File
from app.domain.files.rules import KEPT_LOOSE
from app.domain.modelling import actions
from app.domain.modelling.rules import FieldWish
from app.records import reading
from tenants.session import session, unit_of_work
from tests.domain.files.sending import bring, later


def _there(ann: Actor, record_id: UUID) -> set[UUID]:
    return {file.id for file in files.of_record(ann, "companies", record_id)}


def test_fields_and_attachments_hang_on_the_new_record(ann: Actor) -> None:
    contract, note = bring(ann, "contract.txt", b"contract"), bring(ann, "note.txt", b"note")
    with unit_of_work():
        name = actions.add_field(ann, "companies", FieldWish("files", {"en": "Contracts"}))
        made = adding.create(ann, "companies", {"name": "Meyer", name: [str(contract.id)]}, [note.id])
        assert _there(ann, made.id) == {contract.id, note.id}
        assert made.get(name) == [str(contract.id)]
        assert session.get_one(File, note.id).expires_at is None


def test_record_that_is_refused_leaves_its_files_waiting(ann: Actor) -> None:
    note = bring(ann, "note.txt", b"note")
    with unit_of_work(), pytest.raises(Invalid):
        adding.create(ann, "companies", {"name": ""}, [note.id])
    with unit_of_work():
        made = adding.create(ann, "companies", {"name": "Meyer"}, [note.id])
        assert _there(ann, made.id) == {note.id}


def test_files_of_others_and_used_ones_make_no_record(ann: Actor, bob: Actor) -> None:
    with unit_of_work():
        first = adding.create(ann, "companies", {"name": "First"}, [])
    used = bring(ann, "used.txt", b"used", to=("companies", first.id))
    bobs = bring(bob, "bobs.txt", b"bobs")
    for wrong in (used.id, bobs.id, uuid4()):
        with unit_of_work(), pytest.raises(Invalid) as refused:
            adding.create(ann, "companies", {"name": "Second"}, [wrong])
        assert [(each.path, each.code) for each in refused.value.problems] == [("files", "no_file")]
    with unit_of_work():
        assert [row.title for row in reading.page(ann, "companies").rows] == ["First"]


def test_abandoned_files_are_forgotten_after_a_day(ann: Actor, app: Flask) -> None:
    note = bring(ann, "note.txt", b"note")
    with unit_of_work():
        left = session.get_one(File, note.id).expires_at
        assert left is not None
        assert left - now() <= KEPT_LOOSE == timedelta(days=1)
        session.execute(update(File).where(File.id == note.id).values(expires_at=now()))
        erasing.clear(100)
    later(app)
    with unit_of_work():
        assert session.get(File, note.id) is None
    with pytest.raises(NotFound):
        storage.size(note.storage_key)
