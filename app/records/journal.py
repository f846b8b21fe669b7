"""The journal of a bulk change: what happened to each of its rows, compressed."""

import zlib
from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

import orjson

from app.records.plain import plain
from app.records.types import Change

# What one may unpack to; journals are our own, yet never trust a length.
_EMPTY: tuple[Any, ...] = (None, "", [])
LARGEST = 64 * 1024 * 1024


def changed(change: Change) -> dict[str, list[Any]]:
    """Before and after of each field that differs; identifiers as records show them, others as stored."""
    edited = change.edited
    if change.before is None:
        return {name: [None, _shown(v)] for name, v in edited.items() if v or v not in _EMPTY}
    before = change.before
    return {
        name: [_shown(before.get(name)), _shown(value)]
        for name, value in edited.items()
        if before.get(name) != value and not (value in _EMPTY and before.get(name) in _EMPTY)
    }


def _shown(value: Any) -> Any:
    return plain(value) if isinstance(value, list) else value


def row(change: Change, title: str, version: int, about: Sequence[UUID]) -> dict[str, Any]:
    """One line of a journal."""
    return {
        "id": change.record_id,
        "verb": change.verb,
        "title": title,
        "version": version,
        "about": [each for each in about if each != change.record_id],
        "changes": changed(change),
    }


def pack(rows: Sequence[dict[str, Any]]) -> Iterator[tuple[Sequence[dict[str, Any]], bytes]]:
    """The rows as bytes for `fact_values.journal`, in as many parts as can be read again."""
    raw = orjson.dumps(rows, default=plain)
    if len(raw) <= LARGEST or len(rows) == 1:
        yield rows, zlib.compress(raw, 3)
        return
    half = len(rows) // 2
    yield from pack(rows[:half])
    yield from pack(rows[half:])


def unpack(journal: bytes) -> list[dict[str, Any]]:
    """The rows again, their ids as text."""
    rows: list[dict[str, Any]] = orjson.loads(zlib.decompressobj().decompress(journal, LARGEST))
    return rows
