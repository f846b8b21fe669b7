"""Pairs of records: possible duplicates with their reasons, and those that are known to be two.

A search notes what it finds for itself; at its end that takes the place of what was known before, at once.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, text

from app.core.actor import Actor
from app.core.clock import now
from app.core.errors import NotFound
from app.domain.duplicates.rules import Likeness
from app.records import loading, scope
from app.records.joining.moving import DISTINCT, FOUND, POSSIBLE
from app.records.joining.pointers import links
from app.records.plain import dumps
from app.records.types import ObjectType
from tenants.session import session

Pair = tuple[UUID, UUID]

_STORE = text(
    "INSERT INTO links (kind, from_object, from_id, to_object, to_id, data, created_by)"
    " SELECT kind, object, one, object, other, data, by FROM json_to_recordset(CAST(:pairs AS json))"
    " AS p (kind text, object text, one uuid, other uuid, data jsonb, by uuid)"
    " ON CONFLICT (kind, from_object, from_id, to_object, to_id) DO NOTHING"
)
_APART = text(
    "SELECT from_id, to_id FROM links WHERE kind = 'distinct'"
    " AND from_object = :object AND to_object = :object AND (from_id = ANY(:ids) OR to_id = ANY(:ids))"
)
# The likeliest stay; of equals those of the oldest records, so that a search finds the same again.
_TRIM = text(
    "WITH ranked AS MATERIALIZED (SELECT id, CAST(data ->> 'score' AS integer) AS score, row_number()"
    " OVER (ORDER BY CAST(data ->> 'score' AS integer) DESC, from_id, to_id) AS place FROM links"
    " WHERE kind = 'found' AND from_object = :object),"
    " gone AS (DELETE FROM links USING ranked WHERE links.id = ranked.id AND ranked.place > :most)"
    " SELECT count(*), min(score) FROM ranked WHERE place <= :most"
)
# What is no pair any more since it was found: one of the two is gone, or somebody called them two.
_WITHDRAW = """
DELETE FROM links l WHERE l.kind = 'found' AND l.from_object = :object AND (
    NOT EXISTS (SELECT 1 FROM {table} t WHERE t.id = l.from_id AND t.deleted_at IS NULL)
    OR NOT EXISTS (SELECT 1 FROM {table} t WHERE t.id = l.to_id AND t.deleted_at IS NULL)
    OR EXISTS (SELECT 1 FROM links d WHERE d.kind = 'distinct' AND d.from_object = :object
               AND d.to_object = :object AND d.from_id = l.from_id AND d.to_id = l.to_id))
"""
# What is known already stays as it is, so that a search which finds the same again writes next to nothing.
_KEEP = text(
    "DELETE FROM links f USING links p WHERE f.kind = 'found' AND f.from_object = :object"
    " AND p.kind = 'duplicate' AND p.from_object = :object AND p.from_id = f.from_id AND p.to_id = f.to_id"
    " AND p.to_object = :object AND p.data = f.data RETURNING p.id"
)
_REPLACE = text(
    "DELETE FROM links WHERE kind = 'duplicate' AND from_object = :object AND NOT (id = ANY(:kept))"
)
_PUBLISH = text("UPDATE links SET kind = 'duplicate' WHERE kind = 'found' AND from_object = :object")


def ordered(one: UUID, other: UUID) -> Pair:
    """The two in the order in which a pair is stored: the older record first."""
    return (one, other) if one < other else (other, one)


def note(described: ObjectType, found: Mapping[Pair, Likeness]) -> int:
    """Note what a search found, for itself; how many of the pairs it had not found before."""
    rows = [_row(described, FOUND, pair, _told(likeness)) for pair, likeness in found.items()]
    return _stored(rows) if rows else 0


def trim(described: ObjectType, most: int) -> tuple[int, int]:
    """Leave of what a search found so many, the likeliest; how many these are, and their fewest points."""
    kept, least = session.execute(_TRIM, {"object": described.name, "most": most}).one()
    return kept, least or 0


def publish(described: ObjectType) -> None:
    """Let what a search found take the place of what was known, but for what is no pair any more."""
    here = {"object": described.name}
    session.execute(text(_WITHDRAW.format(table=described.base.name)), here)
    kept = list(session.scalars(_KEEP, here))
    session.execute(_REPLACE, {**here, "kept": kept})
    session.execute(_PUBLISH, here)


def forget(described: ObjectType) -> None:
    """Forget what a search found that did not come to its end."""
    session.execute(delete(links).where(links.c.kind == FOUND, links.c.from_object == described.name))


def apart(described: ObjectType, ids: Sequence[UUID]) -> set[Pair]:
    """The pairs among these records that somebody called two."""
    rows = session.execute(_APART, {"object": described.name, "ids": list(ids)})
    return {ordered(row[0], row[1]) for row in rows}


def set_apart(actor: Actor, described: ObjectType, one: UUID, other: UUID) -> None:
    """Remember that the two are not the same. Raises NotFound where one is not there for `actor`."""
    if len(loading.locked(described, [one, other], only=scope.rows(actor, described))) < 2:
        raise NotFound(described.name)
    pair = ordered(one, other)
    _stored([{**_row(described, DISTINCT, pair, {"at": now()}), "by": actor.member_id}])
    session.execute(delete(links).where(links.c.kind == POSSIBLE, *_of(pair)))


def _stored(rows: Sequence[Mapping[str, Any]]) -> int:
    return session.execute(_STORE, {"pairs": dumps(rows)}).rowcount  # type: ignore[attr-defined,no-any-return]


def _told(likeness: Likeness) -> dict[str, Any]:
    reasons = [[each.code, each.points, each.percent] for each in likeness.reasons]
    return {"score": likeness.score, "reasons": reasons}


def _row(described: ObjectType, kind: str, pair: Pair, data: Mapping[str, Any]) -> dict[str, Any]:
    one, other = pair
    return {"kind": kind, "object": described.name, "one": one, "other": other, "data": data}


def _of(pair: Pair) -> tuple[Any, ...]:
    return (links.c.from_id == pair[0], links.c.to_id == pair[1])
