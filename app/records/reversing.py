"""Taking back the rows of a bulk change, save where somebody worked on since."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Uuid

from app.core.actor import Actor
from app.records import registry, since, trashing, undo, writing
from app.records.trashing import Bulk
from app.records.types import ObjectType
from app.records.writing import Outcome, Row
from tenants.session import session

Line = Mapping[str, Any]

# Single facts are about their own record; of bulk facts the record may be any of those that they name.
_TOUCHED = text(
    "SELECT i FROM unnest(:ids) AS i WHERE EXISTS (SELECT 1 FROM facts f WHERE f.about @> ARRAY[i]"
    " AND f.object = :object AND (f.record_id = i OR f.record_id IS NULL) AND f.id > :since"
    " AND f.job_id IS DISTINCT FROM :job AND f.job_id IS DISTINCT FROM :undo)"
).bindparams(bindparam("ids", type_=ARRAY(Uuid)))


@dataclass(frozen=True)
class Reversal:
    """A job whose first fact is `since`, taken back by the job `undo`; `title` names both."""

    job: UUID
    undo: UUID
    since: UUID
    title: str


def take_back(actor: Actor, object_name: str, lines: Sequence[Line], wanted: Reversal) -> list[Outcome]:
    """Undo what the lines of a journal tell; an outcome for each, in no order.

    A created record that somebody worked on since is skipped, a changed one where the same field was changed
    again, one that went to the trash or came out where it was changed at all; the problems say why.
    """
    by_verb: dict[str, list[Line]] = {}
    for line in lines:
        verb = line["verb"] if line["verb"] in _WAYS else "updated"
        by_verb.setdefault(verb, []).append(line)
    with registry.with_hidden():
        done = [
            each for verb, those in by_verb.items() for each in _WAYS[verb](actor, object_name, those, wanted)
        ]
    return [_skipped(each) if _is_later(each) else each for each in done]


def _uncreate(actor: Actor, object_name: str, lines: Sequence[Line], wanted: Reversal) -> list[Outcome]:
    described, ids = registry.get(object_name), _ids(lines)
    asked = {"object": object_name, "since": wanted.since, "job": wanted.job, "undo": wanted.undo, "ids": ids}
    touched = set(session.scalars(_TOUCHED, asked))
    free = [each for each in ids if each not in touched]
    kept = [
        Outcome("failed", each, tuple(since.problems(described, ["version"])))
        for each in ids
        if each in touched
    ]
    return [*kept, *trashing.trash_many(actor, object_name, free, _bulk(wanted))]


def _unchange(actor: Actor, object_name: str, lines: Sequence[Line], wanted: Reversal) -> list[Outcome]:
    described = registry.get(object_name)
    rows = [_row(described, line) for line in lines]
    return writing.write_many(
        actor, object_name, rows, quiet=True, job_id=wanted.undo, title=wanted.title, habits=undo.STORED
    )


def _row(described: ObjectType, line: Line) -> Row:
    before = undo.values_before(described, line["changes"])
    expected = {name: pair[1] for name, pair in line["changes"].items() if name in described.by_name}
    return Row(before, UUID(line["id"]), expected)


def _untrash(actor: Actor, object_name: str, lines: Sequence[Line], wanted: Reversal) -> list[Outcome]:
    return trashing.restore_many(actor, object_name, _ids(lines), _bulk(wanted, _versions(lines)))


def _unrestore(actor: Actor, object_name: str, lines: Sequence[Line], wanted: Reversal) -> list[Outcome]:
    return trashing.trash_many(actor, object_name, _ids(lines), _bulk(wanted, _versions(lines)))


def _bulk(wanted: Reversal, versions: Mapping[UUID, int] | None = None) -> Bulk:
    return Bulk(wanted.title, wanted.undo, quiet=True, versions=versions)


_WAYS = {"created": _uncreate, "updated": _unchange, "trashed": _untrash, "restored": _unrestore}


def _ids(lines: Sequence[Line]) -> list[UUID]:
    return [UUID(line["id"]) for line in lines]


def _versions(lines: Sequence[Line]) -> dict[UUID, int]:
    return {UUID(line["id"]): line["version"] for line in lines}


def _is_later(outcome: Outcome) -> bool:
    return any(problem.code == since.CODE for problem in outcome.problems)


def _skipped(outcome: Outcome) -> Outcome:
    return Outcome("skipped", outcome.record_id, outcome.problems)
