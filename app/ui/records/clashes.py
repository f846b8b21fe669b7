"""Two people changed the same field: what it was, what it is now and what was entered, to choose from."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from app.core.actor import Actor
from app.core.errors import Conflict
from app.records.holding import ids_of
from app.records.labels import titles_of
from app.records.types import Field, ObjectType
from app.ui.formats import Formats
from app.ui.records import history
from app.ui.say import gettext

KEEP = "keep."
THEIRS = "theirs"


@dataclass(frozen=True)
class Clash:
    """One field and its three values in words; an empty one is told as a dash."""

    name: str
    label: str
    base: str
    theirs: str
    yours: str


def clashes(actor: Actor, described: ObjectType, conflict: Conflict, formats: Formats) -> Iterator[Clash]:
    """The fields that two people changed."""
    for name in conflict.theirs:
        field = described.by_name[name]
        three = [each.get(name) for each in (conflict.base, conflict.theirs, conflict.yours)]
        yield Clash(name, gettext(field.label), *(_said(actor, field, each, formats) for each in three))


def _said(actor: Actor, field: Field, value: Any, formats: Formats) -> str:
    label = None
    ids = ids_of(value) if field.relates_to or field.holds else []
    if ids:
        known = titles_of(actor, field.relates_to or field.holds, ids)
        label = ", ".join(known[each] for each in ids if each in known)
    return history.shown(field, value, label, formats) or "–"
