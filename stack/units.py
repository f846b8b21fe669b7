"""What a supervisor looks after: parts that run on, steps that run once."""

from collections.abc import Callable
from dataclasses import dataclass

from stack.processes import Program


@dataclass(frozen=True)
class Part:
    """A server that is to run until the end; `rank` orders the stop, lowest first, equal ones together."""

    name: str
    prepare: Callable[[], Program]
    needs: tuple[str, ...] = ()
    rank: int = 0
    after: Callable[[], None] = lambda: None


@dataclass(frozen=True)
class Step:
    """Something that runs once, to its end, before others may start; `hear` takes its lines from the log."""

    name: str
    program: Callable[[], Program]
    needs: tuple[str, ...] = ()
    hear: Callable[[str], None] | None = None
