"""Creating or changing the one record that has a value: by a unique field, or by its id in another system."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text

from app.core.actor import Actor
from app.core.errors import Invalid, NotFound, Problem
from app.core.text import N_
from app.records import habits as habit
from app.records import patching, uniqueness, writing
from app.records.habits import Habits
from app.records.joining import absorbed
from app.records.record import Record
from app.records.rights import allowed
from app.records.types import IDENTIFIED, Field, ObjectType
from app.records.values import Refused, problem, read
from tenants.session import session

EXTERNAL = "external_ids"
NO_KEY = N_("Records cannot be found by %(name)s. Take one of: %(known)s.")
BAD_EXTERNAL = N_("Write the id as system:id, such as sap:4711.")
CONTRADICTS = N_("%(field)s says something else here than in the address. Leave it out or repeat it.")

# Two who bring the same new record at once: the second waits and then changes what the first created.
_LOCK = text("SELECT ext.hold(hashtextextended(:key, 11))")


@dataclass(frozen=True)
class _Key:
    """What tells the record: a field, or the id in `system`, and its value as it is stored."""

    field: Field
    value: str
    system: str = ""


def keys(described: ObjectType) -> tuple[str, ...]:
    """Names of the fields of which one value belongs to one live record only."""
    unique = [each.name for each in described.columns if each.unique]
    lists = (each.name for each in described.identified if each.exclusive)
    singles = [described.primaries[name] for name in lists if name in described.primaries]
    external = [EXTERNAL] if EXTERNAL in described.by_name else []
    return tuple(dict.fromkeys((*unique, *singles, *external)))


def upsert(
    actor: Actor, object_name: str, name: str, written: str, values: Mapping[str, Any]
) -> tuple[Record, bool]:
    """The record whose field `name` has the value `written`, with `values`, and whether it is new.

    For ids in other systems `written` is system:id. An existing record is changed as by a merge patch. What
    told a record that was merged into another one means that one, which keeps its own, until a live record
    has it.
    """
    described = allowed(actor, object_name, "write")
    key = _key(described, name, written, habit.of(actor))
    whole = _with_key(key, values, habit.of(actor))
    session.execute(_LOCK, {"key": f"{object_name} {name} {key.system} {key.value.lower()}"})
    record_id = _holder(described, key)
    if record_id is None and (kept := _kept(described, key)):
        return patching.patch(actor, object_name, kept, _without_key(key, whole)), False
    if key.field.readonly:
        if record_id is None:
            raise NotFound(object_name)
        return patching.patch(actor, object_name, record_id, values), False
    if record_id is None:
        return writing.create(actor, object_name, whole), True
    return patching.patch(actor, object_name, record_id, whole), False


def _key(described: ObjectType, name: str, written: str, habits: Habits) -> _Key:
    known = keys(described)
    if name not in known:
        told = {"name": name[:100], "known": ", ".join(known)}
        raise Invalid([Problem("field", "not_a_key", NO_KEY, told)])
    field = described.by_name[name]
    if name != EXTERNAL:
        return _Key(field, str(_read(field, written, habits)))
    system, _, value = written.partition(":")
    if not system.strip() or not value.strip():
        raise Invalid.one(EXTERNAL, "bad_id", BAD_EXTERNAL)
    one = _read(field, {system: value}, habits)[0]
    return _Key(field, one.value, one.system)


def _read(field: Field, written: Any, habits: Habits) -> Any:
    try:
        found = read(field, written, habits)
    except Refused as refused:
        raise Invalid([problem(field, refused)]) from None
    if found is None:
        raise Invalid.one(field.name, "required", N_("%(field)s is needed."), field=field.label)
    return found


def _with_key(key: _Key, values: Mapping[str, Any], habits: Habits) -> dict[str, Any]:
    """The values with that of the key; raises Invalid where they say another."""
    name = key.field.name
    given = values.get(name)
    if name == EXTERNAL:
        others = given if isinstance(given, Mapping) else {}
        if others.get(key.system, key.value) != key.value:
            raise _contradicts(key.field)
        return {**values, name: {**others, key.system: key.value}}
    if given is not None and str(_read(key.field, given, habits)).lower() != key.value.lower():
        raise _contradicts(key.field)
    return {**values, name: key.value if given is None else given}


def _without_key(key: _Key, values: Mapping[str, Any]) -> dict[str, Any]:
    if key.field.name != EXTERNAL:
        return {name: value for name, value in values.items() if name != key.field.name}
    given = values[EXTERNAL].items()
    others = {system: value for system, value in given if str(system).strip().lower() != key.system}
    return {**values, EXTERNAL: others}


def _kept(described: ObjectType, key: _Key) -> UUID | None:
    """The live record into which the one was merged that the key told."""
    if key.field.name == EXTERNAL:
        led = absorbed.led(described.name, key.system, [key.value]).get(key.value)
    else:
        led = absorbed.led_by(described, key.field.name, [key.value]).get(key.value)
    table = described.table
    alive = select(table.c.id).where(table.c.id == led, table.c.deleted_at.is_(None))
    found: UUID | None = session.scalar(alive) if led else None
    return found


def _contradicts(field: Field) -> Invalid:
    return Invalid([Problem(field.name, "contradicts", CONTRADICTS, {"field": field.label})])


def _holder(described: ObjectType, key: _Key) -> UUID | None:
    name = key.field.name
    many = next((m for m, one in described.primaries.items() if one == name), None)
    if name == EXTERNAL or many:
        kind = IDENTIFIED[described.by_name[many or name].kind]
        held = uniqueness.holders(described, [(kind, key.system, key.value)])
        return held[kind, key.system, key.value][0] if held else None
    column = described.table.c[name]
    found: UUID | None = session.scalar(
        select(described.table.c.id).where(
            func.lower(column) == func.lower(key.value), described.table.c.deleted_at.is_(None)
        )
    )
    return found
