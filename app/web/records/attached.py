"""The files of a record as fields choose among them."""

from collections.abc import Mapping

from app.core.actor import Actor
from app.domain.files import queries as files
from app.records.record import Record
from app.records.types import ObjectType


def named_files(actor: Actor, described: ObjectType, record: Record) -> Mapping[str, str]:
    """The names of the record's files by their ids, where a field of the object chooses among them."""
    if not described.with_files:
        return {}
    found = files.of_seen(actor, described.name, [record.id]).get(record.id, ())
    return {str(file.id): file.name for file in found}
