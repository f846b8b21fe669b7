"""Roles, levels and verbs as pages show them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.core.grants import ANY, DENY, HIDE, LOCK, VERBS
from app.core.text import N_
from app.domain.members.models import ROLES
from app.domain.members.role_rules import settable
from app.records.types import ObjectType
from app.ui.say import gettext, pgettext

Given = Mapping[str, Mapping[str, str]]

# Abilities that no app is given have no words among the scopes.
ABILITY_WORDS = {"mailboxes:use": N_("Connect an own mailbox")}


@dataclass(frozen=True)
class Cell:
    """One choice of the matrix."""

    name: str
    label: str
    value: str


@dataclass(frozen=True)
class Row:
    """An object with a cell for each verb; `options` are the levels it may have."""

    label: str
    cells: Sequence[Cell]
    options: Sequence[tuple[str, str]]
    is_rule: bool


@dataclass(frozen=True)
class FieldRow:
    """A field that may be hidden or locked."""

    name: str
    label: str
    value: str
    options: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class FieldGroup:
    """The fields of an object; `count` of them are hidden or locked."""

    label: str
    fields: Sequence[FieldRow]
    count: int


def role_name(role: str) -> str:
    """A standard role in the reader's language."""
    names = {
        "owner": pgettext("role", "Owner"),
        "admin": gettext("Admin"),
        "member": gettext("Member"),
        "reader": gettext("Reader"),
        "custom": gettext("Only own roles"),
    }
    return str(names[role])


def standard() -> list[tuple[str, str]]:
    """The standard roles with what they give."""
    told = {
        "owner": gettext("Everything, billing and closing the workspace included"),
        "admin": gettext("Everything, but for making owners"),
        "member": gettext("Works with every record"),
        "reader": gettext("Sees every record and changes none"),
    }
    return [(role_name(role), told[role]) for role in ROLES if role in told]


def verbs() -> list[str]:
    """The heads of the matrix."""
    words = {
        "read": pgettext("verb", "See"),
        "create": pgettext("verb", "Add"),
        "update": pgettext("verb", "Change"),
        "delete": pgettext("verb", "Delete"),
        "export": pgettext("verb", "Export"),
    }
    return [words[verb] for verb in VERBS]


def rows(objects: Iterable[ObjectType], given: Given) -> list[Row]:
    """The matrix: a row for all objects, then one for each."""
    rule = _row(ANY, gettext("Everything, also what is added later"), given, is_rule=True)
    return [rule, *(_row(each.name, gettext(each.plural), given, is_rule=False) for each in objects)]


def _row(name: str, label: str, given: Given, *, is_rule: bool) -> Row:
    known = given.get(name, {})
    cells = [
        Cell(f"objects/{name}/{verb}", f"{label}: {word}", known.get(verb, "none" if is_rule else ""))
        for verb, word in zip(VERBS, verbs(), strict=True)
    ]
    levels = [
        ("none", pgettext("level", "none")),
        ("own", pgettext("level", "own")),
        ("team", pgettext("level", "team")),
        ("all", pgettext("level", "all")),
        (DENY, pgettext("level", "denied")),
    ]
    return Row(label, cells, levels if is_rule else [("", pgettext("level", "as above")), *levels], is_rule)


def fields(objects: Iterable[ObjectType], given: Given) -> list[FieldGroup]:
    """The fields by object, with what the role says of them."""
    return [_group(each, given.get(each.name, {})) for each in objects]


def _group(described: ObjectType, given: Mapping[str, str]) -> FieldGroup:
    found = []
    for field in described.fields:
        may_hide, may_lock = settable(described, field)
        options = [("", gettext("seen and written"))]
        options += [(LOCK, gettext("only read"))] if may_lock else []
        options += [(HIDE, gettext("hidden"))] if may_hide else []
        if len(options) > 1:
            name = f"fields/{described.name}/{field.name}"
            found.append(FieldRow(name, gettext(field.label), given.get(field.name, ""), options))
    return FieldGroup(gettext(described.plural), found, sum(bool(each.value) for each in found))
