"""The sections of a record's fields, on its page and in its form: essentials first, long texts last."""

from collections.abc import Mapping, Sequence

from app.core.text import N_
from app.records import fields
from app.records.types import Field, ObjectType

NOTES = N_("Notes")
LAST = {"longtext", "external_ids"}
# Sections that are in this order wherever they occur; others keep their place between.
FIRST = (N_("Details"), fields.LINKS, fields.REACH, fields.RELATION)
END = (fields.ADDRESS, fields.CONSENT, fields.PERSON, NOTES)


def sections(described: ObjectType) -> Mapping[str, Sequence[Field]]:
    """Fields by the msgid of their section."""
    found: dict[str, list[Field]] = {}
    for field in described.fields:
        if field.hidden:
            continue
        found.setdefault(NOTES if field.kind in LAST else field.group, []).append(field)
    between = [name for name in found if name not in {*FIRST, *END}]
    return {name: found[name] for name in (*FIRST, *between, *END) if name in found}
