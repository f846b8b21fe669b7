"""What was changed about the company's model: by whom, when, through which door, before and after."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select

from app.core.actor import Actor
from app.core.errors import NotFound
from app.core.permissions import require
from app.domain.modelling.actions import MODEL, PERMISSION
from app.domain.modelling.rules import FieldWish, wish_of
from app.records.tables import facts
from tenants.session import session

PAGE = 50
# What the work on a field does to its row is no decision of anybody's.
_WORK = frozenset({"index_state", "position", "is_custom", "key", "object", "name", "id"})
# Of these nothing is a decision too.
_NONE = frozenset({"hidden_at", "default_value"})
_PLAIN: Mapping[str, Any] = {"kind": "text", "labels": {}, "options": {}}
Values = Mapping[str, Any]


@dataclass(frozen=True)
class Step:
    """One change of an object, or of its `field`; `before` and `after` are what it set in their rows.

    `undoes` is the change that this one took back, `undone` whether it was taken back itself.
    """

    id: UUID
    at: datetime
    actor_kind: str
    actor_name: str
    door: str
    verb: str
    object: str
    field: str | None
    before: Values
    after: Values
    undoes: UUID | None
    undone: bool

    @property
    def changes(self) -> dict[str, tuple[Any, Any]]:
        """Before and after of each thing that was decided anew."""
        told = (decided(self.before), decided(self.after)) if self.field else (self.before, self.after)
        before, after = told
        names = [each for each in dict.fromkeys((*before, *after)) if each not in _WORK]
        pairs = {name: (before.get(name), after.get(name)) for name in names}
        return {name: pair for name, pair in pairs.items() if not same(*pair)}


@dataclass(frozen=True)
class Page:
    """Changes, the latest first; `before` leads to earlier ones."""

    steps: list[Step]
    before: UUID | None


def decided(row: Values) -> dict[str, Any]:
    """What a row of `fields`, or a part of one, says of a field; nothing of what it does not mention."""
    row = {name: value for name, value in row.items() if value is not None or name in _NONE}
    if not row:
        return {}
    wish = wish_of({**_PLAIN, **row})
    known = {*row.keys(), *(row.get("options") or {}).keys()}
    if "options" in row:
        known |= OPTIONAL
    told = {name: getattr(wish, name) for name in known - {"is_numbered"} if hasattr(wish, name)}
    return told | ({"hidden_at": row["hidden_at"]} if "hidden_at" in row else {})


# What may be missing among the options of a field, and is then as in a wish that says nothing.
OPTIONAL = frozenset(FieldWish("text", {}).__dict__) - {
    "kind", "labels", "name", "help", "is_required", "is_unique", "is_searchable", "is_sortable",
    "is_personal", "keeps_history", "visibility", "default_value",
}  # fmt: skip


def page(actor: Actor, before: UUID | None = None, object_name: str | None = None) -> Page:
    """The changes of the model, or of one object, the latest first."""
    require(actor, PERMISSION)
    statement = _steps()
    if before is not None:
        statement = statement.where(facts.c.id < before)
    if object_name is not None:
        statement = statement.where(facts.c.data["object"].astext == object_name)
    rows = session.execute(statement.limit(PAGE + 1)).mappings().all()
    undone = _undone()
    found = [_step(row, undone) for row in rows[:PAGE]]
    return Page(found, found[-1].id if len(rows) > PAGE else None)


def one(actor: Actor, fact_id: UUID) -> Step:
    """That change; raises NotFound."""
    require(actor, PERMISSION)
    row = session.execute(_steps().where(facts.c.id == fact_id)).mappings().one_or_none()
    if row is None:
        raise NotFound("facts")
    return _step(row, _undone())


def kinds(object_names: Collection[str]) -> list[Step]:
    """The changes that gave fields of these objects another kind, the earliest first."""
    data = facts.c.data
    here = (facts.c.verb == "field_changed", data["after"].has_key("kind"))
    statement = _steps().where(*here, data["object"].astext.in_(object_names))
    found = [_step(row, set()) for row in session.execute(statement).mappings()]
    return found[::-1]


def latest() -> UUID | None:
    """The last change that this transaction made."""
    here = facts.c.xid == func.pg_current_xact_id()
    found: UUID | None = session.scalar(
        select(facts.c.id).where(here, facts.c.about.contains([MODEL])).order_by(facts.c.id.desc()).limit(1)
    )
    return found


def _steps() -> Select[Any]:
    # The index on what facts are about finds them among millions; their order is worked out of few.
    return select(facts).where(facts.c.about.contains([MODEL])).order_by(facts.c.id.desc())


def _undone() -> set[str]:
    """What was taken back, and not brought again by taking that back."""
    told = facts.c.data["undoes"].astext
    here = select(facts.c.id, told).where(facts.c.about.contains([MODEL]), told.is_not(None))
    found: set[str] = set()
    for fact_id, undoes in session.execute(here.order_by(facts.c.id.desc())):
        if str(fact_id) not in found:
            found.add(undoes)
    return found


def _step(row: Mapping[Any, Any], undone: set[str]) -> Step:
    data = row["data"]
    return Step(
        row["id"],
        row["at"],
        row["actor_kind"],
        row["actor_name"],
        row["door"],
        row["verb"],
        data["object"],
        data["field"],
        data["before"],
        data["after"],
        UUID(data["undoes"]) if "undoes" in data else None,
        str(row["id"]) in undone,
    )


def same(before: Any, after: Any) -> bool:
    """Whether two values decide the same: nothing, an empty list and no are one."""
    empty: tuple[Any, ...] = (None, "", [], {}, (), False)
    return before == after or (before in empty and after in empty)
