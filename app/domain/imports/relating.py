"""Cells that name other records, as those records' ids."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, Protocol
from uuid import UUID

from app.core.errors import Problem
from app.core.text import N_
from app.domain.imports.finding import Found, find
from app.domain.imports.rules.draft import Draft, Pointer
from app.records import registry
from app.records.habits import Habits

# (goal, key, system)
Question = tuple[str, str, str]

_MISSING = N_("“%(value)s” was not found. Import it first, or let this import create it.")
_SEVERAL = N_("“%(value)s” fits %(count)s records. Use an id or a number instead.")


class Maker(Protocol):
    """Makes records of `goal` that are named in a file and do not exist; returns their ids by name."""

    def __call__(self, goal: str, named: dict[str, dict[str, Any]]) -> dict[str, UUID]: ...


def resolve(drafts: Sequence[Draft], habits: Habits, make: Maker) -> None:
    """Put the ids of what the drafts point to into their values, or a problem where that fails."""
    asked: dict[Question, dict[str, None]] = defaultdict(dict)
    for draft in drafts:
        for pointer in draft.pointers:
            asked[_question(pointer)][pointer.text] = None
    found = {question: _ask(question, list(texts), habits) for question, texts in asked.items()}
    _create(drafts, found, make)
    for draft in drafts:
        for pointer in draft.pointers:
            _settle(draft, pointer, found[_question(pointer)])


def _question(pointer: Pointer) -> Question:
    return pointer.goal, pointer.column.by or "name", pointer.column.system


def _ask(question: Question, texts: list[str], habits: Habits) -> Found:
    goal, key, system = question
    return find(goal, key, texts, system, habits)


def _create(drafts: Sequence[Draft], found: dict[Question, Found], make: Maker) -> None:
    """Make what may be made, each name once."""
    wanted: dict[Question, dict[str, dict[str, Any]]] = defaultdict(dict)
    for draft in drafts:
        if draft.problems:
            continue
        for pointer in draft.pointers:
            question = _question(pointer)
            if pointer.can_create and pointer.text not in found[question]:
                wanted[question][pointer.text] = _named(pointer)
    for question, named in wanted.items():
        folded: dict[str, str] = {}
        for text in named:
            folded.setdefault(text.casefold(), text)
        made = make(question[0], {text: named[text] for text in folded.values()})
        for text in named:
            record_id = made.get(folded[text.casefold()])
            if record_id is not None:
                found[question][text] = (record_id,)


def _named(pointer: Pointer) -> dict[str, Any]:
    """The first values of a record that is known by one cell only."""
    key = pointer.column.by
    if key == "external":
        return {"name": pointer.text, "external_ids": {pointer.column.system: pointer.text}}
    if key in {"domain", "number", "sku", "email"}:
        return {"name": pointer.text, key: pointer.text}
    return {"name": pointer.text}


def _settle(draft: Draft, pointer: Pointer, found: Found) -> None:
    ids = found.get(pointer.text, ())
    if len(ids) == 1 and pointer.is_one_of:
        draft.values[pointer.field] = [*(draft.values.get(pointer.field) or ()), str(ids[0])]
        return
    if len(ids) == 1:
        draft.values[pointer.field] = ids[0]
        return
    data = {"value": pointer.text[:200], "count": len(ids), "object": _plural(pointer.goal)}
    code, message = ("ambiguous", _SEVERAL) if ids else ("not_found", _MISSING)
    draft.problems.append(Problem(pointer.column.name, code, message, data))


def _plural(goal: str) -> str:
    return next((described.plural for described in registry.every() if described.name == goal), goal)
