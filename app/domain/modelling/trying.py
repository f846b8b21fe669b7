"""A formula or a roll-up tried on some records before it is saved, and what it gave to those there are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from sqlalchemy import select, text

from app.core.actor import Actor
from app.core.errors import Invalid
from app.core.permissions import require
from app.domain.modelling import computed
from app.domain.modelling.actions import PERMISSION, work_out
from app.domain.modelling.rules import FieldWish
from app.records import registry, scope
from app.records.computed import lists, plans
from app.records.computed.counting import counted
from app.records.computed.described import WHY, rollup_of
from app.records.computed.filling import worked_out
from app.records.computed.plans import Worked
from app.records.formulas.running import formula
from app.records.labels import titles_of
from app.records.rights import allowed
from app.records.titles import title
from app.records.types import Field, ObjectType
from tenants.session import session

SHOWN = 5
# Among so many records, those changed last, reasons are counted.
LOOKED_AT = 20_000


@dataclass(frozen=True)
class Tried:
    """What a record would hold: the value, its currency and what it is called, or why there is none."""

    record_id: UUID
    title: str
    value: Any
    currency: str | None
    why: str | None
    label: str = ""


@dataclass(frozen=True)
class Trial:
    """The field as it would be, and what it gives to the records changed last."""

    field: Field
    rows: Sequence[Tried]


@dataclass(frozen=True)
class Empty:
    """How many of the records looked at have no value for this reason, and one of them."""

    why: str
    count: int
    record_id: UUID


def attempt(actor: Actor, object_name: str, name: str, wish: FieldWish) -> Trial:
    """The field tried on some records; `name` is "" for a new one. Raises Invalid as saving would."""
    require(actor, PERMISSION)
    described = allowed(actor, object_name, "read")
    known = described.by_name.get(name)
    before = replace(wish, result=known.kind) if known else None
    found, wrong = computed.settled(described, name or "new", replace(wish, is_required=False), before)
    if wrong:
        raise Invalid(wrong)
    field = _field(name or "new", found)
    rows = _latest(actor, described)
    given = _given(described, field, found, rows)
    tried = [
        Tried(row["id"], title(described, row), *result) for row, result in zip(rows, given, strict=True)
    ]
    return Trial(field, _named(actor, field, tried))


def empties(actor: Actor, object_name: str, name: str) -> list[Empty]:
    """Why records have no value in the field, the most frequent reason first."""
    require(actor, PERMISSION)
    described = registry.get(object_name)
    table = described.base.name
    only = " AND object = :object" if described.is_custom else ""
    statement = (
        f"SELECT custom ->> :key AS why, count(*) AS count, min(id::text)::uuid AS record_id FROM"  # noqa: S608
        f" (SELECT id, custom FROM {table} WHERE deleted_at IS NULL{only}"
        " ORDER BY updated_at DESC, id DESC LIMIT :most) latest"
        " WHERE custom ? :key GROUP BY 1 ORDER BY 2 DESC, 1"
    )
    asked = {"key": name + WHY, "object": object_name, "most": LOOKED_AT}
    return [Empty(*row) for row in session.execute(text(statement), asked)]


def again(actor: Actor, object_name: str) -> None:
    """Have what is worked out of the object's records worked out anew."""
    require(actor, PERMISSION)
    registry.get(object_name)
    work_out(object_name)


def _field(name: str, wish: FieldWish) -> Field:
    """The field that the wish would make, as far as its values are shown by it."""
    decimals = wish.decimals if wish.decimals is not None else 4
    field = Field(name, wish.result or "text", "", decimals=decimals, target=wish.target)  # type: ignore[arg-type]
    if field.kind not in ("choice", "choices"):
        return field
    rollup = rollup_of(wish.rollup or {})
    return replace(field, choices=registry.get(rollup.object).by_name[rollup.of or ""].choices)


def _named(actor: Actor, field: Field, tried: Sequence[Tried]) -> Sequence[Tried]:
    """What relations point to by its name; nothing of what `actor` does not see."""
    if not field.relates_to:
        return tried
    labels = titles_of(actor, field.relates_to, [each.value for each in tried if each.value])
    return [
        replace(each, value=each.value if each.value in labels else None, label=labels.get(each.value, ""))
        for each in tried
    ]


def _latest(actor: Actor, described: ObjectType) -> list[Mapping[str, Any]]:
    table, theirs = described.table, scope.rows(actor, described)
    latest = (table.c.updated_at.desc(), table.c.id.desc())
    shown = select(table).where(table.c.deleted_at.is_(None)).order_by(*latest)
    if theirs is not None:
        shown = shown.where(theirs)
    return [dict(row) for row in session.execute(shown.limit(SHOWN)).mappings()]


def _given(
    described: ObjectType, field: Field, wish: FieldWish, rows: Sequence[Mapping[str, Any]]
) -> list[tuple[Any, str | None, str | None]]:
    if wish.kind == "rollup":
        found = counted(field, rollup_of(wish.rollup or {}), [row["id"] for row in rows])
        return [found[row["id"]] for row in rows]
    made = formula(wish.expression or "", tuple(plans.usable(described).values()))
    read = [each for each in described.holding if each.name in made.checked.uses]
    there = lists.living(read, rows)
    return [worked_out(Worked(field, made), lists.told(row, there)) for row in rows]
