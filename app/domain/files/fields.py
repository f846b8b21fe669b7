"""Files that fields of records name: the record's own, or what somebody brought for it."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select

from app.core.actor import Actor
from app.domain.files import attaching, queries
from app.domain.files.models import File
from tenants.session import session


class Keeper:
    """Answers for files of fields."""

    def missing(self, actor: Actor, object_name: str, record_id: UUID, ids: Collection[UUID]) -> set[UUID]:
        """Those of them that neither hang on the record nor were brought by `actor` to hang on something."""
        return set(ids) - {
            file.id
            for file in _ready(ids)
            if (file.object, file.record_id) == (object_name, record_id)
            or (file.record_id is None and queries.is_own(actor, file))
        }

    def attach(self, actor: Actor, object_name: str, record_id: UUID, ids: Collection[UUID]) -> None:
        """Hang those on the record that hang on nothing yet."""
        loose = [file.id for file in _ready(ids) if file.record_id is None]
        attaching.attach(actor, loose, object_name, record_id)


def _ready(ids: Collection[UUID]) -> list[File]:
    there = (File.id.in_(ids), File.state == "ready", File.deleted_at.is_(None))
    return list(session.scalars(select(File).where(*there)))
