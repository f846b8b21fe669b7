"""A whole Kith for the tests, started as everybody starts it."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.config import ROOT
from app.programs import answers_health, environment
from stack import ports

START_SECONDS = 240.0
STOP_SECONDS = 120.0


@contextmanager
def running(folder: Path) -> Iterator[str]:
    """The address of a Kith with all its servers and data in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    port = ports.free()[0]
    address = f"http://localhost:{port}"
    own = {"KITH_BASE_URL": address, "KITH_DATA_DIR": str(folder / "data")}
    command = [sys.executable, "-P", "-m", "app.cli", "up", "--port", str(port), "--no-demo"]
    # What commands of earlier tests left in this process's environment would lead to their databases.
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("KITH_", "AWS_"))}
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            command, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT, env={**clean, **environment(own)}
        )
        try:
            _wait(process, port, folder / "log")
            yield address
        finally:
            process.terminate()
            process.wait(STOP_SECONDS)


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not answers_health(port, f"localhost:{port}"):
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"Kith did not start:\n{log.read_text(errors='replace')[-4000:]}")
        time.sleep(0.2)
