"""How long the databases keep a piece of work waiting: connecting, statements, begins and ends."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from time import perf_counter


@dataclass
class Waited:
    """Seconds that were spent waiting, in so many round trips."""

    seconds: float = 0.0
    times: int = 0


_waited: ContextVar[Waited | None] = ContextVar("waited", default=None)


@contextmanager
def running() -> Iterator[Waited]:
    """Count what the work within the block waits for."""
    waited = Waited()
    token = _waited.set(waited)
    try:
        yield waited
    finally:
        _waited.reset(token)


@contextmanager
def waiting() -> Iterator[None]:
    """The block is one round trip to a database."""
    waited = _waited.get()
    if waited is None:
        yield
        return
    began = perf_counter()
    try:
        yield
    finally:
        waited.seconds += perf_counter() - began
        waited.times += 1
