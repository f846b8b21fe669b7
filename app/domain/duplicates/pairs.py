"""Pairs of records: possible duplicates with their reasons, and those that are known to be two."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, text

from app.core.actor import Actor
from app.core.clock import now
from app.core.errors import NotFound
from app.records import loading, scope
from app.records.joining.moving import DISTINCT, POSSIBLE
from app.records.joining.pointers import links
from app.records.plain import dumps
from app.records.types import ObjectType
from tenants.session import session

Pair = tuple[UUID, UUID]

_STORE = text(
    "INSERT INTO links (kind, from_object, from_id, to_object, to_id, data, created_by)"
    " SELECT kind, object, one, object, other, data, by FROM json_to_recordset(CAST(:pairs AS json))"
    " AS p (kind text, object text, one uuid, other uuid, data jsonb, by uuid)"
    " ON CONFLICT (kind, from_object, from_id, to_object, to_id) DO UPDATE SET data = excluded.data"
)
_APART = text(
    "SELECT from_id, to_id FROM links WHERE kind = 'distinct'"
    " AND from_object = :object AND to_object = :object AND (from_id = ANY(:ids) OR to_id = ANY(:ids))"
)


def ordered(one: UUID, other: UUID) -> Pair:
    """The two in the order in which a pair is stored: the older record first."""
    return (one, other) if one < other else (other, one)


def store(described: ObjectType, found: Iterable[tuple[Pair, Mapping[str, Any]]]) -> None:
    """Note possible duplicates, each with what is to be told of it."""
    rows = [_row(described, POSSIBLE, pair, data) for pair, data in found]
    if rows:
        session.execute(_STORE, {"pairs": dumps(rows)})


def apart(described: ObjectType, ids: Sequence[UUID]) -> set[Pair]:
    """The pairs among these records that somebody called two."""
    rows = session.execute(_APART, {"object": described.name, "ids": list(ids)})
    return {ordered(row[0], row[1]) for row in rows}


def set_apart(actor: Actor, described: ObjectType, one: UUID, other: UUID) -> None:
    """Remember that the two are not the same. Raises NotFound where one is not there for `actor`."""
    if len(loading.locked(described, [one, other], only=scope.rows(actor, described))) < 2:
        raise NotFound(described.name)
    pair = ordered(one, other)
    row = {**_row(described, DISTINCT, pair, {"at": now()}), "by": actor.member_id}
    session.execute(_STORE, {"pairs": dumps([row])})
    session.execute(delete(links).where(links.c.kind == POSSIBLE, *_of(pair)))


def counted(described: ObjectType, run: str) -> int:
    """How many pairs the search called `run` has found so far."""
    here = (
        links.c.kind == POSSIBLE,
        links.c.from_object == described.name,
        links.c.data["run"].astext == run,
    )
    return session.scalar(select(func.count()).select_from(links).where(*here)) or 0


def forget_before(described: ObjectType, run: str) -> None:
    """Remove what the search called `run` has not found again."""
    here = (links.c.kind == POSSIBLE, links.c.from_object == described.name)
    session.execute(delete(links).where(*here, links.c.data["run"].astext != run))


def _row(described: ObjectType, kind: str, pair: Pair, data: Mapping[str, Any]) -> dict[str, Any]:
    one, other = pair
    return {"kind": kind, "object": described.name, "one": one, "other": other, "data": data}


def _of(pair: Pair) -> tuple[Any, ...]:
    return (links.c.from_id == pair[0], links.c.to_id == pair[1])
