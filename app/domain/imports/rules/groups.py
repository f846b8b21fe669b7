"""Rows of one file that are about the same record, put together before anything is stored."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import UUID

from app.core.errors import Problem
from app.core.text import N_
from app.domain.imports.rules.draft import Draft
from app.domain.imports.rules.plan import Mode

# What is for `review` waits for somebody who says whether it is new.
State = Literal["created", "updated", "skipped", "failed", "review"]

_EXISTS = N_("There is a record like this already.")
_REPEATED = N_("Line %(first)s of this file is about the same record.")
_UNKNOWN = N_("There is no record like this to update.")
_BLANK = N_("This line is empty.")


@dataclass(slots=True)
class Answer:
    """What became of one row; `problems` say why it failed or was skipped."""

    draft: Draft
    state: State
    problems: list[Problem] = field(default_factory=list)
    record_id: UUID | None = None


@dataclass(slots=True)
class Group:
    """Rows about one record, in their order: the first makes or changes it, the others add to it."""

    first: Draft
    values: dict[str, Any]
    record_id: UUID | None
    parts: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    followers: list[tuple[Draft, bool]] = field(default_factory=list)  # (row, whether it changes anything)


@dataclass
class Grouping:
    """What is to be stored, and the rows whose answer is known without storing."""

    groups: list[Group] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)


def group(drafts: Iterable[Draft], mode: Mode) -> Grouping:
    """Put the drafts together by what they are about, and leave out what `mode` leaves out."""
    found = Grouping()
    known: dict[tuple[str, str], tuple[Draft, Group | None]] = {}
    for draft in drafts:
        if draft.problems:
            found.answers.append(Answer(draft, "failed", draft.problems))
        elif draft.is_blank:
            found.answers.append(Answer(draft, "skipped", [Problem("", "blank", _BLANK)]))
        else:
            tokens = _tokens(draft)
            earlier = next((known[token] for token in tokens if token in known), None)
            entry = _follow(found, draft, *earlier, mode) if earlier else _begin(found, draft, mode)
            for token in tokens:
                known.setdefault(token, entry)
    return found


def _tokens(draft: Draft) -> list[tuple[str, str]]:
    own = [("record", str(draft.record_id))] if draft.record_id else []
    return own + [(key, text.casefold()) for key, text in draft.keys]


def _begin(found: Grouping, draft: Draft, mode: Mode) -> tuple[Draft, Group | None]:
    exists = draft.record_id is not None
    if exists and mode == "create":
        found.answers.append(Answer(draft, "failed", [Problem("", "exists", _EXISTS)]))
    elif exists and mode == "skip":
        found.answers.append(Answer(draft, "skipped", [Problem("", "exists", _EXISTS)], draft.record_id))
    elif not exists and mode == "update":
        found.answers.append(Answer(draft, "skipped", [Problem("", "unknown", _UNKNOWN)]))
    else:
        fresh = Group(draft, dict(draft.values), draft.record_id, list(draft.parts.items()))
        found.groups.append(fresh)
        return draft, fresh
    return draft, None


def _follow(
    found: Grouping, draft: Draft, first: Draft, target: Group | None, mode: Mode
) -> tuple[Draft, Group | None]:
    """A later row about the same record: it adds what it says, where the mode lets it."""
    repeated = Problem("", "repeated", _REPEATED, {"first": first.row.line})
    if mode == "create":
        found.answers.append(Answer(draft, "failed", [repeated]))
    elif mode == "skip" or target is None:
        found.answers.append(Answer(draft, "skipped", [repeated]))
    else:
        target.followers.append((draft, _add(target, draft)))
    return first, target


def _add(target: Group, draft: Draft) -> bool:
    """Lay the row's values over the group's; True where that changes any."""
    values = dict(draft.values)
    if "external_ids" in values:
        values["external_ids"] = {**target.values.get("external_ids", {}), **values["external_ids"]}
    changes = any(target.values.get(name) != value for name, value in values.items())
    target.values.update(values)
    for part in draft.parts.items():
        if part not in target.parts:
            target.parts.append(part)
            changes = True
    return changes
