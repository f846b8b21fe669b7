"""A restored cluster in the place of the one that ran: two renames, which a crash between cannot spoil."""

import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

from stack.cluster import NEXT
from stack.errors import StackError


def take_place(restored: Path, present: Path) -> Path:
    """Put `restored`/cluster in the place of `present`, the data folder of a server that stands still.

    Where the old one lies now. What comes belongs to whom the old one belonged. A crash between the two
    renames leaves both beside each other, and the same call again ends it.
    """
    coming = restored / "cluster"
    if present.exists():
        refuse_running(present)
        _belong(coming, present.stat())
        before = present.with_name(f"{present.name}.before-{datetime.now(UTC):%Y%m%dT%H%M%SZ}")
        present.rename(before)
    else:
        before = max(present.parent.glob(f"{present.name}.before-*"), default=present)
    coming.rename(present)
    return before


def refuse_running(present: Path) -> None:
    """Raise StackError where a server runs on that data folder, or where it is none."""
    if not (present / "PG_VERSION").exists():
        raise StackError(f"{present} is no data folder of PostgreSQL.")
    mark = present / "postmaster.pid"
    lines = mark.read_text().split() if mark.exists() else []
    if lines and lines[0].isdecimal() and Path(f"/proc/{lines[0]}").exists():
        raise StackError(f"Stop the server on {present} first: its cluster cannot be replaced under it.")


def _belong(folder: Path, owner: os.stat_result) -> None:
    if (folder.stat().st_uid, folder.stat().st_gid) == (owner.st_uid, owner.st_gid):
        return
    for path in (folder, *folder.rglob("*")):
        os.chown(path, owner.st_uid, owner.st_gid)


def replace(restored: Path, data_dir: Path) -> Path | None:
    """Put `restored`/cluster in the place of `data_dir`/cluster; where the old one lies now, None without.

    Nothing may run on either. The next start finishes what a crash interrupts here. Where `data_dir` has a
    password for the superuser, `restored` was made with it.
    """
    coming, present = data_dir / NEXT, data_dir / "cluster"
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        if not (data_dir / "password").exists():
            shutil.copy(restored / "password", data_dir / "password")
        if not coming.exists():
            (restored / "cluster").rename(coming)
        before = None
        if present.exists():
            before = data_dir / f"cluster.before-{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
            present.rename(before)
        coming.rename(present)
    except OSError as error:
        raise StackError(
            f"{restored} cannot take the place of {present} ({error.strerror}): "
            "both must lie on one disk, and the folder must be yours."
        ) from error
    return before
