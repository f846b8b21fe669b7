"""The company's model as who manages it sees it: what is hidden too."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from app.core.actor import Actor
from app.core.errors import NotFound
from app.core.permissions import require
from app.core.text import OwnWords
from app.domain.modelling.actions import PERMISSION, is_needed, may_sort
from app.domain.modelling.rules import UNORDERED, UNSORTED, FieldWish, wish_of
from app.records import registry
from app.records.tables import field_rows, object_types
from app.records.types import Field, ObjectType
from tenants.session import session

Words = Mapping[str, str]


@dataclass(frozen=True)
class FieldSeen:
    """A field: `label` as people read it, `wish` what the company decided about it.

    `index` is none, building or ready; `is_needed` fields cannot be hidden; `usual` is Kith's own word;
    `may_sort` says whether it is for the company to decide that lists can be sorted by it.
    """

    name: str
    kind: str
    label: str
    usual: str
    wish: FieldWish
    is_custom: bool
    is_hidden: bool
    is_needed: bool
    index: str
    may_sort: bool


@dataclass(frozen=True)
class ObjectSeen:
    """An object: its words as people read them, what the company wrote, and its fields."""

    name: str
    singular: str
    plural: str
    icon: str
    words: Mapping[str, Words]
    usual: Mapping[str, str]
    is_custom: bool
    is_hidden: bool
    fields: Sequence[FieldSeen]

    @property
    def own_fields(self) -> list[FieldSeen]:
        """The fields that the company added, those that are hidden last."""
        return sorted((each for each in self.fields if each.is_custom), key=lambda each: each.is_hidden)

    @property
    def standard_fields(self) -> list[FieldSeen]:
        """The fields that Kith brings."""
        return [each for each in self.fields if not each.is_custom]


def every(actor: Actor) -> list[ObjectSeen]:
    """All objects in the order of the side bar, the company's own last."""
    require(actor, PERMISSION)
    rows = {row["name"]: row for row in session.execute(select(object_types)).mappings()}
    fields = list(session.execute(select(field_rows).order_by(field_rows.c.position)).mappings())
    own = sorted((row for row in rows.values() if row["is_custom"]), key=lambda row: row["position"])
    return [
        *(_standard(each, rows.get(each.name), fields) for each in registry.standard().every()),
        *(_custom(row, fields) for row in own),
    ]


def one(actor: Actor, name: str) -> ObjectSeen:
    """The object called `name`; raises NotFound."""
    found = next((each for each in every(actor) if each.name == name), None)
    if found is None:
        raise NotFound(name)
    return found


def field_of(seen: ObjectSeen, name: str) -> FieldSeen:
    """The object's field called `name`; raises NotFound."""
    found = next((each for each in seen.fields if each.name == name), None)
    if found is None:
        raise NotFound("fields")
    return found


def _standard(described: ObjectType, row: Any, fields: Sequence[Any]) -> ObjectSeen:
    labels = row["labels"] if row else {}
    own = {each["name"]: each for each in fields if each["object"] == described.name}
    shown = [each for each in described.fields if not each.readonly and not each.generated]
    return ObjectSeen(
        described.name,
        OwnWords(labels.get("singular")) or described.singular,
        OwnWords(labels.get("plural")) or described.plural,
        (row["icon"] if row else None) or described.icon,
        {form: labels.get(form, {}) for form in ("singular", "plural")},
        {"singular": described.singular, "plural": described.plural},
        False,
        bool(row and row["hidden_at"]),
        [
            *(_brought(described, each, own.get(each.name)) for each in shown),
            *(_added(each) for each in own.values() if each["is_custom"]),
        ],
    )


def _custom(row: Any, fields: Sequence[Any]) -> ObjectSeen:
    labels = row["labels"]
    return ObjectSeen(
        row["name"],
        OwnWords(labels.get("singular")) or row["name"],
        OwnWords(labels.get("plural")) or row["name"],
        row["icon"] or "box",
        labels,
        {},
        True,
        row["hidden_at"] is not None,
        [_added(each) for each in fields if each["object"] == row["name"] and each["is_custom"]],
    )


def _brought(described: ObjectType, field: Field, row: Any) -> FieldSeen:
    wish = wish_of(row) if row else FieldWish(field.kind, {}, in_table=field.in_table)
    label = OwnWords(row["labels"]) if row else ""
    needed = is_needed(described.name, field.name)
    hidden = bool(row and row["hidden_at"])
    return FieldSeen(
        field.name,
        field.kind,
        label or field.label,
        field.label,
        wish,
        False,
        hidden,
        needed,
        row["index_state"] if row else "none",
        may_sort(described.name, field.name),
    )


def _added(row: Any) -> FieldSeen:
    label = OwnWords(row["labels"])
    hidden = row["hidden_at"] is not None
    return FieldSeen(
        row["name"],
        row["kind"],
        label,
        "",
        wish_of(row),
        True,
        hidden,
        False,
        row["index_state"],
        row["kind"] not in (*UNSORTED, "autonumber") and row["options"].get("result") not in UNORDERED,
    )
