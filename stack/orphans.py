"""Remembers which processes are ours, and ends those that outlived a supervisor that was killed."""

import json
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil

from stack.processes import end_group

GRACE_SECONDS = 3.0
# The kernel counts start times in ticks of 10 ms.
SAME_START_SECONDS = 0.05


class Register:
    """A file with number and start time of each process that leads a part."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._leaders: dict[str, tuple[int, float]] = {}

    def add(self, name: str, pid: int) -> None:
        with suppress(psutil.NoSuchProcess):
            self._change(name, (pid, psutil.Process(pid).create_time()))

    def remove(self, name: str) -> None:
        self._change(name, None)

    def _change(self, name: str, leader: tuple[int, float] | None) -> None:
        with self._lock:
            self._leaders.pop(name, None)
            if leader is not None:
                self._leaders[name] = leader
            draft = self._path.with_suffix(".new")
            # A full disk must not stop the supervisor from stopping its parts.
            with suppress(OSError):
                draft.write_text(json.dumps(self._leaders))
                draft.replace(self._path)

    def end_left_over(self) -> list[str]:
        """Ends what an earlier supervisor left running; the names of those parts."""
        left = [(name, *leader) for name, leader in self._read().items()]
        found = [(name, pid, list(_members(pid, started))) for name, pid, started in left]
        alive = [entry for entry in found if entry[2]]
        for _, _, members in alive:
            for member in members:
                with suppress(psutil.NoSuchProcess):
                    member.send_signal(signal.SIGTERM)
        psutil.wait_procs([member for _, _, members in alive for member in members], timeout=GRACE_SECONDS)
        for _, pid, members in alive:
            if any(member.is_running() for member in members):
                end_group(pid)
        self._path.unlink(missing_ok=True)
        return [name for name, _, _ in alive]

    def _read(self) -> dict[str, tuple[int, float]]:
        try:
            found = json.loads(self._path.read_text())
            return {str(name): (int(pid), float(started)) for name, (pid, started) in found.items()}
        except (OSError, ValueError, TypeError, AttributeError):
            return {}


def _members(leader: int, started: float) -> Iterator[psutil.Process]:
    """The processes of the group that `leader` led, if that number still means the same process or none."""
    with suppress(psutil.NoSuchProcess):
        if abs(psutil.Process(leader).create_time() - started) > SAME_START_SECONDS:
            return
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            if os.getpgid(process.pid) == leader and process.status() != psutil.STATUS_ZOMBIE:
                yield process
