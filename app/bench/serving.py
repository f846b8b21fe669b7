"""An application of ours, or the least that could stand in its place, on granian for a benchmark."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from app.config import ROOT
from stack import ports
from stack.errors import StackError

APP = "app.factory:create_app_from_env"
PATIENCE_SECONDS = 60.0


@contextmanager
def serving(environment: Mapping[str, str], factory: str = APP, *, threads: int = 8) -> Iterator[int]:
    """The port of a granian that serves `factory` with such variables, without limits of requests."""
    port = ports.free()[0]
    own = {**environment, "KITH_API_LIMIT": "1000000", "PYTHONPATH": str(ROOT)}
    options = {
        "--interface": "wsgi",
        "--host": ports.LOOPBACK,
        "--port": str(port),
        "--workers": "1",
    }
    options |= {"--blocking-threads": str(threads), "--log-level": "warning"}
    argv = [sys.executable, "-P", "-m", "granian", *(word for pair in options.items() for word in pair)]
    argv += ["--no-ws", "--factory", factory]
    process = subprocess.Popen(
        argv,
        cwd=ROOT,
        env={**os.environ, **own},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        began = time.monotonic()
        while not _listens(port):
            if process.poll() is not None or time.monotonic() - began > PATIENCE_SECONDS:
                raise StackError(f"{factory} did not start.")
            time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait(15)


def _listens(port: int) -> bool:
    try:
        with socket.create_connection((ports.LOOPBACK, port), timeout=1):
            return True
    except OSError:
        return False
