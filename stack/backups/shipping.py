"""Carrying received log to a place: whole files once and for good, the one being written again and again."""

import gzip
import re
import shutil
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from stack.backups.base import LOG
from stack.backups.places import Place

# How much may be lost with the volume: far below the five minutes that are promised.
PARTIAL_SECONDS = 30.0
_WHOLE = re.compile(r"[0-9A-F]{24}|[0-9A-F]{8}\.history")
_PARTIAL = re.compile(r"([0-9A-F]{24})\.partial")


@dataclass
class Shipper:
    """Ships what pg_receivewal leaves in `spool`; only what has arrived is removed there.

    All that was received before `whole_until` is in the place.
    """

    spool: Path
    place: Place
    whole_until: datetime | None = field(default=None, init=False)
    _partial: tuple[str, float] = field(default=("", 0.0), init=False)
    _shipped_at: float = field(default=0.0, init=False)

    def ship(self, *, everything: bool = False) -> int:
        """Ship whole files, and the one being written where it is time, or for `everything`; how many."""
        began, shipped, is_whole = datetime.now(UTC), 0, True
        for path in sorted(self.spool.iterdir()):
            if _WHOLE.fullmatch(path.name):
                self._put(path, path.name, replace=False)
                path.unlink()
                self.place.remove(f"{LOG}{path.name}.partial.gz")
                shipped += 1
            elif partial := _PARTIAL.fullmatch(path.name):
                try:
                    is_whole = self._ship_partial(path, partial[1], everything)
                except FileNotFoundError:
                    # It has become whole meanwhile.
                    is_whole = False
        if is_whole:
            self.whole_until = began
        return shipped

    def _ship_partial(self, path: Path, name: str, everything: bool) -> bool:
        """Whether what is in the place is all there was."""
        state = (name, path.stat().st_mtime)
        if state == self._partial:
            return True
        if not everything and time.monotonic() - self._shipped_at < PARTIAL_SECONDS:
            return False
        self._put(path, f"{name}.partial", replace=True)
        self._partial, self._shipped_at = state, time.monotonic()
        return True

    def _put(self, path: Path, name: str, *, replace: bool) -> None:
        packed = path.with_name(f".{name}.gz")
        # No time of day within, so that the same log is the same bytes.
        with (
            path.open("rb") as source,
            packed.open("wb") as target,
            gzip.GzipFile("", "wb", 1, target, mtime=0) as zipped,
        ):
            shutil.copyfileobj(source, zipped, 1024 * 1024)
        self.place.put(f"{LOG}{name}.gz", packed, replace=replace)
        packed.unlink()
