"""How long the databases keep a piece of work waiting: connecting, statements, begins and ends."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from time import perf_counter, thread_time


@dataclass
class Waited:
    """Seconds that were spent waiting, in so many round trips."""

    seconds: float = 0.0
    times: int = 0


_waited: ContextVar[Waited | None] = ContextVar("waited", default=None)
_between: ContextVar[Callable[[], None] | None] = ContextVar("between", default=None)


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
def between(pause: Callable[[], None]) -> Iterator[None]:
    """Within the block call `pause` after each round trip: there the work may let others go first."""
    token = _between.set(pause)
    try:
        yield
    finally:
        _between.reset(token)


def spent() -> float:
    """What the work of this thread cost until now, in seconds of the processor and of the databases."""
    waited = _waited.get()
    return thread_time() + (waited.seconds if waited else 0.0)


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
    if (pause := _between.get()) is not None:
        pause()
