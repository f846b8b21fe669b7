"""A whole Kith for a benchmark: started like anybody's, with its times and what its parts consume."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from app.bench.visitor import answers
from app.config import ROOT
from stack import memory, ports, running
from stack.errors import StackError

PATIENCE_SECONDS = 300.0


@dataclass
class Running:
    """A stack that is up; `seconds` is how long it took from the command to an answer."""

    process: subprocess.Popen[bytes]
    port: int
    data: Path
    seconds: float

    @property
    def address(self) -> str:
        """The base address."""
        return f"http://localhost:{self.port}"

    @property
    def settings(self) -> dict[str, str]:
        """The KITH_* variables that reach its databases."""
        return running.settings(self.data)

    def memory(self) -> dict[str, float]:
        """Megabytes of each part."""
        return memory.by_part(self.data)

    def processor_seconds(self, *parts: str) -> float:
        """What these parts and their children have consumed so far."""
        return sum(
            _consumed(each)
            for name, leader in memory.leaders(self.data)
            if name.partition("-")[0] in parts
            for each in memory.family(leader)
        )

    def stop(self) -> float:
        """Ctrl-C; returns the seconds until all was quiet."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGINT)
        self.process.wait(60)
        return time.monotonic() - began


@contextmanager
def up(data: Path, *, web_processes: int = 2, settings: Mapping[str, str] | None = None) -> Iterator[Running]:
    """Start a stack without a demo on `data`, with further KITH_* `settings`; stopped at the end."""
    stack = start(data, web_processes=web_processes, settings=settings)
    try:
        yield stack
    finally:
        if stack.process.poll() is None:
            stack.stop()


def start(data: Path, *, web_processes: int = 2, settings: Mapping[str, str] | None = None) -> Running:
    """Start a stack and wait until its front door answers."""
    port = ports.free()[0]
    began = time.monotonic()
    command = [sys.executable, "-P", "-m", "app.cli", "up", "--port", str(port), "--no-demo"]
    command += ["--web-processes", str(web_processes)]
    own = {name: value for name, value in os.environ.items() if not name.startswith("KITH_")}
    environment = {**own, "KITH_DATA_DIR": str(data), "PYTHONPATH": str(ROOT), **(settings or {})}
    log = data.with_suffix(".log").open("ab")
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT)
    log.close()
    while not answers(port):
        if process.poll() is not None or time.monotonic() - began > PATIENCE_SECONDS:
            raise StackError(f"The stack of the benchmark did not start: see {data.with_suffix('.log')}.")
        time.sleep(0.05)
    return Running(process, port, data, time.monotonic() - began)


def _consumed(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.Error:
        return 0.0
    return float(times.user + times.system)
