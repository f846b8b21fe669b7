"""Python's collector of reference cycles, set for processes that live long and make much at once."""

import gc

# How many more new objects than freed ones before the young are looked at; Python's own 700 makes a slice
# of an import look at everything it holds again and again.
YOUNG = 50_000
MIDDLE = OLD = 10


def settle() -> None:
    """Call once when a process has loaded what it needs: that stays, and is never looked through again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, MIDDLE, OLD)
