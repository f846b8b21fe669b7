"""Which base backup and which log a restore needs, and what is kept how long."""

from datetime import UTC, datetime, timedelta

import pytest

from stack.backups import history
from stack.backups.base import Base
from stack.backups.keeping import Rule
from stack.backups.places import Entry
from stack.errors import StackError

NOON = datetime(2026, 3, 5, 12, tzinfo=UTC)
HISTORY = "1\t0/5000000\tno recovery target specified\n"


def _base(
    name: str, hours: float, timeline: int = 1, start: str = "0/2000028", end: str = "0/2000120"
) -> Base:
    at = NOON + timedelta(hours=hours)
    return Base(name, "7", timeline, at - timedelta(minutes=1), at, start, end, 1)


def _entry(name: str, hours: float = 0) -> Entry:
    return Entry(f"wal/{name}.gz", 1, NOON + timedelta(hours=hours))


def test_the_newest_base_before_the_moment_is_taken() -> None:
    bases = [_base("a", -48), _base("b", -24), _base("c", 1)]
    assert history.choose(bases, NOON, 1, {}).id == "b"
    assert history.choose(bases, None, 1, {}).id == "c"


def test_a_moment_before_all_bases_is_refused() -> None:
    with pytest.raises(StackError, match="old enough"):
        history.choose([_base("a", 1)], NOON, 1, {})


def test_a_base_of_an_abandoned_future_is_passed_over() -> None:
    known = {2: history.parents(HISTORY)}
    before, after = _base("before", -5), _base("after", -3, end="0/6000000")
    assert history.choose([before, after], NOON, 2, known).id == "before"
    assert history.choose([before, after], NOON, 1, known).id == "after"
    assert history.choose([before, after, _base("new", -1, 2)], NOON, 2, known).id == "new"


def test_whole_files_go_before_partial_ones() -> None:
    names = ["000000010000000000000001", "000000010000000000000002", "000000010000000000000003"]
    entries = [_entry(name) for name in names] + [_entry(f"{names[2]}.partial"), _entry("00000002.history")]
    found = [entry.name for entry in history.needed(entries, _base("a", -1), NOON)]
    assert found == [f"wal/{name}.gz" for name in names[1:]]


def test_log_long_after_the_moment_stays_where_it_is() -> None:
    entries = [_entry(f"0000000100000000000000{number:02X}", number) for number in range(2, 12)]
    assert len(history.needed(entries, _base("a", -1), NOON)) == 2
    assert len(history.needed(entries, _base("a", -1), None)) == 10


def test_segment_of_a_position() -> None:
    assert _base("a", 0, 2, start="1/FF000028").segment == "0000000200000001000000FF"


def test_what_is_kept_reaches_back_to_the_horizon() -> None:
    bases = [_base(str(day), -24 * day) for day in (20, 16, 10, 5, 1)]
    kept, gone = Rule(days=14).split(bases, NOON)
    assert [each.id for each in gone] == ["20"]
    assert [each.id for each in kept] == ["16", "10", "5", "1"]


def test_the_newest_stay_however_old_they_are() -> None:
    bases = [_base(str(day), -24 * day) for day in (90, 80, 70)]
    kept, _ = Rule(days=14, fewest=2).split(bases, NOON)
    assert [each.id for each in kept] == ["80", "70"]


def test_log_before_the_oldest_base_is_superfluous() -> None:
    entries = [
        _entry("000000010000000000000001"),
        _entry("000000010000000000000002"),
        _entry("00000002.history"),
    ]
    assert history.superfluous(entries, [_base("a", 0)]) == entries[:1]
    assert history.superfluous(entries, []) == []
