"""Timelines and files of the log: which follow from which, and which a restore needs. Pure rules."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from stack.backups.base import LOG, Base
from stack.backups.places import Entry
from stack.errors import StackError

_SEGMENT = re.compile(rf"{LOG}([0-9A-F]{{24}})(\.partial)?\.gz")
_HISTORY = re.compile(rf"{LOG}([0-9A-F]{{8}})\.history\.gz")
# Clocks differ, and a file may wait to be shipped.
_MARGIN = timedelta(hours=1)

Parents = Mapping[int, Sequence[tuple[int, str]]]
"""By timeline: its ancestors and the position at which each was left."""


def histories(entries: Iterable[Entry]) -> dict[int, Entry]:
    """The files that tell of timelines, by timeline."""
    found = ((_HISTORY.fullmatch(entry.name), entry) for entry in entries)
    return {int(match[1], 16): entry for match, entry in found if match}


def parents(text: str) -> list[tuple[int, str]]:
    """What a `.history` file says: ancestors, oldest first, each with the position where it was left."""
    lines = (line.split("\t") for line in text.splitlines() if line.strip() and not line.startswith("#"))
    return [(int(timeline), position) for timeline, position, *_ in lines]


def position(text: str) -> int:
    """A position in the log as a number: 0/3000028."""
    high, low = text.split("/")
    return (int(high, 16) << 32) + int(low, 16)


def choose(bases: Sequence[Base], to: datetime | None, timeline: int, known: Parents) -> Base:
    """The newest base backup from which `to` (None: the end) on `timeline` can be reached; StackError."""
    left = dict(known.get(timeline, ()))
    fitting = [
        base
        for base in bases
        if (to is None or base.ended_at <= to)
        and (
            base.timeline == timeline
            or (base.timeline in left and position(base.end) <= position(left[base.timeline]))
        )
    ]
    if fitting:
        return fitting[-1]
    if not bases:
        raise StackError("There is no base backup in this place.")
    raise StackError(
        f"No base backup is old enough for {to:%Y-%m-%d %H:%M:%S} UTC on timeline {timeline}: "
        f"the oldest ended at {bases[0].ended_at:%Y-%m-%d %H:%M:%S} UTC."
    )


def needed(entries: Sequence[Entry], base: Base, to: datetime | None) -> list[Entry]:
    """The files of the log from `base` until well after `to`; of a file that is there twice, the whole."""
    first = base.segment[8:]
    found: dict[str, Entry] = {}
    late: dict[str, int] = {}
    for entry in entries:
        match = _SEGMENT.fullmatch(entry.name)
        if match is None or match[1][8:] < first or (match[2] and match[1] in found):
            continue
        line = match[1][:8]
        if to is not None and entry.at > to + _MARGIN:
            late[line] = late.get(line, 0) + 1
        if late.get(line, 0) <= 2:
            found[match[1]] = entry
    return list(found.values())


def superfluous(entries: Sequence[Entry], kept: Sequence[Base]) -> list[Entry]:
    """The files of the log that no kept base backup needs; nothing where none is kept."""
    if not kept:
        return []
    first = min(base.segment[8:] for base in kept)
    matches = ((_SEGMENT.fullmatch(entry.name), entry) for entry in entries)
    return [entry for match, entry in matches if match and match[1][8:] < first]
