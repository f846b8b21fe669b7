"""Sums over the answers of many rows, with a few examples of each."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from app.domain.imports.rules.groups import Answer

EXAMPLES = 20


@dataclass
class Tally:
    """How many rows had which end; the states add up to the rows."""

    states: "Counter[str]" = field(default_factory=Counter)
    reasons: "Counter[str]" = field(default_factory=Counter)
    also: "Counter[str]" = field(default_factory=Counter)
    examples: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def add(self, answer: Answer) -> None:
        """Count one more row."""
        self.states[answer.state] += 1
        if answer.state == "skipped":
            self.reasons[answer.problems[0].code if answer.problems else "unchanged"] += 1
        kept = self.examples.setdefault(answer.state, [])
        if len(kept) < EXAMPLES:
            kept.append(example(answer))

    @property
    def rows(self) -> int:
        """All rows that were counted."""
        return self.states.total()

    def as_json(self) -> dict[str, Any]:
        """The sums as plain JSON."""
        return {
            "states": dict(self.states),
            "reasons": dict(self.reasons),
            "also": dict(self.also),
            "examples": self.examples,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Tally":
        """The sums that `as_json` wrote."""
        return cls(
            Counter(data.get("states", {})),
            Counter(data.get("reasons", {})),
            Counter(data.get("also", {})),
            data.get("examples", {}),
        )


def example(answer: Answer) -> dict[str, Any]:
    """One row in a few words: its line, its first cells, what is wrong with it."""
    cells = [cell.strip()[:60] for cell in answer.draft.row.cells if cell.strip()][:4]
    return {
        "line": answer.draft.row.line,
        "cells": [clean(cell) for cell in cells],
        "problems": problems_json(answer),
    }


def problems_json(answer: Answer) -> list[dict[str, Any]]:
    """The row's problems as plain JSON, without letters that no database takes."""
    return [
        {
            "path": clean(each.path),
            "code": each.code,
            "message": each.message,
            "data": {key: _plain(value) for key, value in each.data.items()},
        }
        for each in answer.problems
    ]


def _plain(value: Any) -> Any:
    return value if isinstance(value, int | bool) else clean(str(value))[:200]


def clean(text: str) -> str:
    """`text` without zero bytes and lone surrogates, which stand out as a question mark."""
    if "\0" in text or not text.isascii():
        return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode("utf-8")
    return text
