"""How much memory the parts of a running stack hold."""

import json
from collections.abc import Iterator
from pathlib import Path

import psutil

from stack.layout import Layout


def by_part(data_dir: Path) -> dict[str, float]:
    """Megabytes of each part with its children; what they share is counted once where the system tells."""
    return {name: sum(map(_megabytes, family(pid))) for name, pid in leaders(data_dir)}


def leaders(data_dir: Path) -> Iterator[tuple[str, int]]:
    """Each running part and the process that leads it."""
    try:
        found = json.loads((Layout(data_dir.resolve()).run / "parts.json").read_text())
    except (OSError, ValueError):
        return
    for name, (pid, _) in found.items():
        yield str(name), int(pid)


def family(pid: int) -> list[psutil.Process]:
    """The process and all below it; empty when it is gone."""
    try:
        leader = psutil.Process(pid)
        return [leader, *leader.children(recursive=True)]
    except psutil.Error:
        return []


def _megabytes(process: psutil.Process) -> float:
    try:
        told = process.memory_full_info()
        return float(getattr(told, "pss", told.rss)) / 1_000_000
    except (psutil.Error, OSError):
        return 0.0
