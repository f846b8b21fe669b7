"""Lists that were found long a moment ago are called long again: counting so far for each page is dear."""

import time
from collections.abc import Hashable

# So long a list may have become shorter unseen; so many are remembered in one process.
SECONDS, MOST = 30.0, 4096

_long_until: dict[Hashable, float] = {}


def is_long(which: Hashable) -> bool:
    """Whether the list was found long within the last SECONDS."""
    return time.monotonic() < _long_until.get(which, 0.0)


def note(which: Hashable) -> None:
    """The list was found long just now."""
    if len(_long_until) >= MOST:
        _long_until.clear()
    _long_until[which] = time.monotonic() + SECONDS


def forget() -> None:
    """Count every list anew; for tests and after much was deleted at once."""
    _long_until.clear()
