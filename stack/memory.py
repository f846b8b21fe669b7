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


def own(pid: int) -> float:
    """Megabytes that this process alone holds, what it shares with others left out; 0 where nobody tells."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss_Anon:")) * 1024 / 1_000_000


def _megabytes(process: psutil.Process) -> float:
    try:
        told = process.memory_full_info()
        return float(getattr(told, "pss", told.rss)) / 1_000_000
    except (psutil.Error, OSError):
        return 0.0
