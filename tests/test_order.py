"""What takes long begins early in each process, and nothing is lost or run twice."""

from types import SimpleNamespace
from typing import cast

import pytest

from tests.order import arranged

NUMBERS = range(100)


def item(name: str) -> pytest.Item:
    """A test in a file of its own kind: `whole` needs a Kith, `long` takes long."""
    kind = name.partition("-")[0]
    made = SimpleNamespace(
        nodeid=f"tests/{name.partition(':')[0]}.py::{name}",
        fixturenames=["live_server"] if kind == "whole" else [],
        get_closest_marker=lambda _: kind if kind == "long" else None,
    )
    return cast(pytest.Item, made)


def names(items: list[pytest.Item]) -> list[str]:
    return [each.nodeid.rpartition("::")[2] for each in items]


ALL = [
    *(item(f"short-{number}:x") for number in NUMBERS),
    *(item(f"long-{file}:{number}") for file in "abc" for number in range(3)),
    *(item(f"whole-{number}:x") for number in range(4)),
]


@pytest.mark.parametrize("processes", [1, 2, 3, 6])
def test_nothing_is_lost_or_doubled(processes: int) -> None:
    assert sorted(names(arranged(ALL, processes))) == sorted(names(ALL))


def test_each_share_begins_with_what_takes_long() -> None:
    found = names(arranged(ALL, 3))
    # As pytest-xdist divides 113 tests among three.
    shares = found[:37], found[37:75], found[75:]
    kinds = [[name.partition("-")[0] for name in share] for share in shares]
    assert kinds == [
        ["whole"] * 4 + ["short"] * 33,
        ["long"] * 6 + ["short"] * 32,
        ["long"] * 3 + ["short"] * 35,
    ]


def test_one_process_begins_with_the_whole_kith() -> None:
    found = names(arranged(ALL, 1))
    assert [name.partition("-")[0] for name in found] == ["whole"] * 4 + ["long"] * 9 + ["short"] * 100
