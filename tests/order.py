"""In which order tests run: what takes long begins early, so that the processes of a run end together."""

import itertools
import os
from collections.abc import Iterable, Sequence

import pytest


def processes() -> int:
    """How many processes share the tests of this run."""
    return int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))


def arranged(items: Sequence[pytest.Item], number: int) -> list[pytest.Item]:
    """The same tests for `number` processes, each of which begins with its own share, from the front.

    What needs a whole Kith stands at the front of the first share: one process starts it, and no other takes
    from there. What is marked `long` stands at the front of the other shares, a file whole in one of them.
    Who has done his share takes from the end of another's, where short ones are.
    """
    whole, long, rest = _sorted(items)
    heads = [whole, *_divided(long, number - 1)] if number > 1 else [[*whole, *long]]
    found: list[pytest.Item] = []
    short = iter(rest)
    for place, head in enumerate(heads):
        share = (len(items) - len(found)) // (number - place)
        found += [*head, *itertools.islice(short, max(0, share - len(head)))]
    return [*found, *short]


def _sorted(items: Iterable[pytest.Item]) -> tuple[list[pytest.Item], list[pytest.Item], list[pytest.Item]]:
    whole: list[pytest.Item] = []
    long: list[pytest.Item] = []
    rest: list[pytest.Item] = []
    for item in items:
        if "live_server" in getattr(item, "fixturenames", ()):
            whole.append(item)
        else:
            (long if item.get_closest_marker("long") else rest).append(item)
    return whole, long, rest


def _divided(items: Iterable[pytest.Item], number: int) -> list[list[pytest.Item]]:
    """Files by turns, as they come."""
    files: dict[str, list[pytest.Item]] = {}
    for item in items:
        files.setdefault(item.nodeid.partition("::")[0], []).append(item)
    found: list[list[pytest.Item]] = [[] for _ in range(number)]
    for place, file in enumerate(files.values()):
        found[place % number] += file
    return found
