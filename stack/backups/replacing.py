"""A restored cluster in the place of the one that ran: two renames, which a crash between cannot spoil."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

from stack.cluster import NEXT
from stack.errors import StackError


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
