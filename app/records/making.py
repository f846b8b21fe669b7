"""A new record and how it looks as JSON."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.core.actor import Actor
from app.records import documents, pipeline, scope, shapes, writing
from app.records import habits as habit
from app.records.documents import Document
from app.records.rights import allowed


def create(
    actor: Actor,
    object_name: str,
    values: Mapping[str, Any],
    *,
    fields: Sequence[str] | None = None,
    expand: Sequence[str] = (),
) -> Document:
    """What `writing.create` does, shown like `documents.one`: in one statement where nothing else follows."""
    described = allowed(actor, object_name, "write")
    # What stores it sees of its table only the new record, and none that this one points to.
    is_told_later = any(each.name in values for each in described.holding)
    if expand or is_told_later or scope.is_limited(actor) or pipeline.follows(described):
        made = writing.create(actor, object_name, values)
        return documents.one(actor, object_name, made.id, fields=fields, expand=expand)
    seen = allowed(actor, object_name, "read")
    shown = shapes.document(seen, shapes.names_of(actor, seen, fields), ())
    reading = habit.of(actor)
    change = writing.begun(actor, described, values, reading)
    text = pipeline.create(actor, described, change, reading, shown)
    return Document(change.record_id, text, (change.after["version"],))
