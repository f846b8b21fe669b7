"""A new record and the files that were brought for it while its form was filled in, in one act."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.core.actor import Actor
from app.core.errors import Invalid
from app.core.text import N_
from app.domain.files import attaching, queries
from app.domain.files.models import File
from app.records import writing
from app.records.record import Record
from tenants.session import session

GONE = N_("A file is not there any more: uploads wait a day for their record. Add it again.")


def create(
    actor: Actor,
    object_name: str,
    values: Mapping[str, Any],
    file_ids: Sequence[UUID],
    *,
    path: str = "files",
) -> Record:
    """The new record with these files hung on it, beside those that its fields name.

    Raises Invalid, about `path` where a file is not the actor's to give or waits no longer; then there is
    neither record nor file on it.
    """
    if len(_loose(actor, file_ids)) < len(set(file_ids)):
        raise Invalid.one(path, "no_file", GONE)
    record = writing.create(actor, object_name, values)
    # What a field of the record names hangs on it by now.
    attaching.attach(actor, file_ids, object_name, record.id)
    return record


def _loose(actor: Actor, file_ids: Sequence[UUID]) -> list[File]:
    if not file_ids:
        return []
    there = (
        File.id.in_(file_ids),
        File.state == "ready",
        File.deleted_at.is_(None),
        File.record_id.is_(None),
    )
    return [file for file in session.scalars(select(File).where(*there)) if queries.is_own(actor, file)]
