"""Valkey, the disposable store of queues, with an append-only file."""

import re
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from stack import ports
from stack.binaries import valkey_server
from stack.processes import Program, started

# Advice about the machine, and what it says on every stop.
ROUTINE = re.compile(r"Memory overcommit|Received SIGTERM|ready to exit|User requested shutdown")


@dataclass(frozen=True)
class Server:
    port: int
    pid: int

    @property
    def url(self) -> str:
        return url(self.port)


def url(port: int) -> str:
    return f"redis://{ports.LOOPBACK}:{port}/0"


@contextmanager
def running(data_dir: Path, port: int | None = None, *, durable: bool = True) -> Iterator[Server]:
    """A Valkey with its data in `data_dir`, ready inside the block."""
    port = port or ports.free()[0]
    prepare(data_dir)
    with started(program(data_dir, port, durable=durable), data_dir / "log") as process:
        yield Server(port, process.pid)


def prepare(data_dir: Path) -> None:
    data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)


def program(data_dir: Path, port: int, *, durable: bool = True) -> Program:
    settings = {
        "bind": ports.LOOPBACK,
        "port": str(port),
        "dir": ".",
        "appendonly": "yes" if durable else "no",
        "appendfsync": "everysec",
        "save": "",
        "daemonize": "no",
        "logfile": "",
        "loglevel": "warning",
        "maxmemory-policy": "noeviction",
    }
    arguments = [part for name, value in settings.items() for part in (f"--{name}", value)]
    return Program(
        name="valkey",
        argv=(valkey_server(), *arguments),
        folder=data_dir,
        ready=lambda: pings(port),
        stops=((signal.SIGTERM, 1.0),),
        start_seconds=30.0,
        noise=ROUTINE,
    )


def pings(port: int) -> bool:
    """Whether Valkey answers PING, which it does not before its file is loaded."""
    try:
        with socket.create_connection((ports.LOOPBACK, port), timeout=1.0) as connection:
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(b"+PONG")
    except OSError:
        return False
