"""The objects there are for the tenant of this work, and what relations may point to."""

import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event, select
from sqlalchemy.orm import SessionTransaction

from app.records import habits
from app.records.model import Model, built, target_of
from app.records.tables import field_rows, members, object_types
from app.records.types import Behaviour, ObjectType, Target
from tenants.context import current, maybe_current
from tenants.session import Session, session

# The setting that says which model of the tenant's is the present one; without it nothing was changed.
KEY = "model"
KEPT = 512

_behaviours: dict[str, Behaviour] = {}
_standard = Model(
    "",
    {},
    {
        "members": Target(
            "members",
            members,
            lambda table: table.c.name,
            None,
            members.c.removed_at.is_(None),
            (members.c.name,),
        )
    },
)
_KEPT = "model of this transaction"
_WHOLE = "with what is hidden"
_lock = threading.Lock()
# The models of the tenants that were at work last, by schema and revision.
_known: OrderedDict[tuple[str, str], Model] = OrderedDict()


def register(described: ObjectType) -> ObjectType:
    """Make a standard object known under its name; returns it."""
    _standard.objects[described.name] = described
    register_target(target_of(described))
    return described


def register_target(target: Target) -> None:
    """Let relations point to something that is not an object, as a deal's stage."""
    _standard.targets[target.name] = target


def behave(name: str, behaviour: Behaviour) -> None:
    """Give the object called `name` its feature's behaviour."""
    _behaviours[name] = behaviour


def behaviour(described: ObjectType) -> Behaviour:
    """What the object's feature adds to its changes."""
    return _behaviours.get(described.name, described.behaviour)


def standard() -> Model:
    """The model that every tenant begins with."""
    return _standard


def model() -> Model:
    """The model of the current tenant as this transaction sees it; without a tenant the standard one."""
    if maybe_current() is None:
        return _standard
    kept: Model | None = session.info.get(_KEPT)
    if kept is not None:
        return kept
    return prime(habits.read().get(KEY))


def prime(revision: str | None) -> Model:
    """Spare this transaction the question for the model's `revision`: it was read already."""
    kept = session.info[_KEPT] = _of(revision) if revision else _standard
    return kept


def forget() -> None:
    """The model was changed within this transaction."""
    session.info.pop(_KEPT, None)


@contextmanager
def with_hidden() -> Iterator[None]:
    """Within it objects have their hidden fields as well, which nothing is found by and no record needs.

    What is taken back, or joined, then comes whole when they are shown again.
    """
    shown = model()
    whole = _whole(shown)
    if whole is shown:
        yield
        return
    session.info[_KEPT] = whole
    try:
        yield
    finally:
        if session.info.get(_KEPT) is whole:
            session.info[_KEPT] = shown


def _whole(shown: Model) -> Model:
    """The model with what it hides, itself where that is nothing."""
    if shown is _standard:
        return shown
    if _WHOLE not in shown.kept:
        rows = _rows(field_rows)
        hides = any(row["is_custom"] and row["hidden_at"] for row in rows)
        told = [_unhidden(row) for row in rows]
        revision = f"{shown.revision} whole"
        shown.kept[_WHOLE] = built(revision, _standard, _rows(object_types), told) if hides else shown
    whole: Model = shown.kept[_WHOLE]
    return whole


def _unhidden(row: Mapping[str, Any]) -> Mapping[str, Any]:
    if not row["is_custom"] or not row["hidden_at"]:
        return row
    return {**row, "hidden_at": None, "is_searchable": False, "is_required": False, "default_value": None}


def get(name: str) -> ObjectType:
    """The object called `name`; raises NotFound."""
    return model().get(name)


def find(name: str) -> ObjectType | None:
    """The object called `name`, where there is one."""
    return model().objects.get(name)


def target(name: str) -> Target:
    """What relations to `name` point to; raises NotFound."""
    return model().target(name)


def every() -> tuple[ObjectType, ...]:
    """All objects in the order in which people see them."""
    return model().every()


def _of(revision: str) -> Model:
    key = (current().schema, revision)
    with _lock:
        known = _known.get(key)
        if known is not None:
            _known.move_to_end(key)
            return known
    fresh = built(revision, _standard, _rows(object_types), _rows(field_rows))
    with _lock:
        _known[key] = fresh
        while len(_known) > KEPT:
            _known.popitem(last=False)
    return fresh


def _rows(table: Any) -> list[Any]:
    return list(session.execute(select(table)).mappings())


@event.listens_for(Session, "after_transaction_end")
def _let_go(ended: Any, transaction: SessionTransaction) -> None:
    if transaction.parent is None:
        ended.info.pop(_KEPT, None)
