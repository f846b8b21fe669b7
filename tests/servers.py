"""Servers for the tests: one of each for the whole run, started by the first process that asks."""

import fcntl
import json
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil

from stack import ports, postgres, processes, s3, valkey

Facts = dict[str, str]


@contextmanager
def shared(folder: Path, start: Callable[[Path], AbstractContextManager[Facts]]) -> Iterator[Facts]:
    """What `start` tells of the server in `folder`; who started it stops it when nobody needs it."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "users").open("a+") as users, ExitStack() as ours:
        with _locked(folder / "lock"):
            known = _facts(folder)
            facts = known or ours.enter_context(start(folder))
            (folder / "facts.json").write_text(json.dumps(facts))
            fcntl.flock(users, fcntl.LOCK_SH)
        try:
            yield facts
        finally:
            if known is None:
                # Who comes while it is being stopped waits, and starts it anew.
                with _locked(folder / "lock"):
                    fcntl.flock(users, fcntl.LOCK_EX)
                    (folder / "facts.json").unlink()
                    ours.close()


@contextmanager
def start_postgres(folder: Path) -> Iterator[Facts]:
    with postgres.running(folder / "data", durable=False) as server:
        yield {"admin_url": server.admin_url}


class Cluster:
    """A PostgreSQL of a test's own, durable, to be killed."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.folder, self.port, self._stack = folder, ports.free()[0], stack
        folder.mkdir(parents=True, exist_ok=True)
        self._log = stack.enter_context((folder / "postgres.log").open("ab"))
        self.start()

    def start(self) -> None:
        """Start it, also after it was killed."""
        self.admin_url = postgres.url(self.port, postgres.prepare(self.folder / "postgres"))
        program = postgres.program(self.folder / "postgres", self.port)
        self._process = processes.spawn(program, self._log)
        self._stack.callback(processes.stop, program, self._process)
        assert processes.wait_ready(program, self._process)

    def kill(self) -> None:
        """As kill -9 does; until its children notice they hold its memory, and it could not start again."""
        children = psutil.Process(self._process.pid).children()
        self._process.kill()
        self._process.wait()
        psutil.wait_procs(children, timeout=60)

    def freeze(self) -> None:
        """Stop every process of it, as a machine does that hangs: connections stay open, nothing answers."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: int) -> None:
        postmaster = self._process.pid
        os.kill(postmaster, number)
        for child in Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split():
            with suppress(ProcessLookupError):
                os.kill(int(child), number)

    @property
    def is_running(self) -> bool:
        return self._process.poll() is None


@contextmanager
def start_valkey(folder: Path) -> Iterator[Facts]:
    with valkey.running(folder / "data", durable=False) as server:
        yield {"url": server.url}


@contextmanager
def start_s3(folder: Path) -> Iterator[Facts]:
    keys = s3.prepare(folder / "data")
    names = [name for part in s3.PORT_NAMES for name in (part, f"{part}.grpc")]
    numbers = dict(zip(names, ports.free(len(names)), strict=True))
    # A socket's path is short, pytest's folders are not.
    with TemporaryDirectory(prefix="kith-s3-") as sockets:
        program = s3.program(folder / "data", numbers, keys, Path(sockets))
        with processes.started(program, folder / "log"):
            yield {"url": s3.url(numbers["s3"]), "access": keys.access, "secret": keys.secret}


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("a+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _facts(folder: Path) -> Facts | None:
    path = folder / "facts.json"
    return dict(json.loads(path.read_text())) if path.exists() else None
