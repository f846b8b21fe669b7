"""Ids sort by the time they were made, also within a millisecond."""

import itertools
import time
from uuid import RFC_4122

import pytest

from app.core.ids import new_id, parse_id

MOMENT = 1_795_410_000_123


def test_ids_are_version_7_of_their_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time_ns", lambda: MOMENT * 1_000_000 + 999_999)
    ids = [new_id() for _ in range(200)]
    assert {(each.version, each.variant, each.int >> 80) for each in ids} == {(7, RFC_4122, MOMENT)}
    assert len({each.int & (1 << 62) - 1 for each in ids}) == 200
    assert parse_id(str(ids[0])) == ids[0]


def test_ids_of_one_millisecond_are_in_their_order(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = itertools.count(MOMENT * 1_000_000, 500)
    monkeypatch.setattr(time, "time_ns", lambda: next(clock))
    ids = [new_id() for _ in range(4_000)]
    assert ids == sorted(ids)
