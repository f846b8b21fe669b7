"""Jobs by name: what each one runs, how often it is tried, what happens when it is given up."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from app.core.queue import Again

Scope = Literal["tenant", "control"]
Function = Callable[[dict[str, Any]], Again | None]
GivenUp = Callable[[dict[str, Any], Exception], None]


class UnknownJob(LookupError):
    """No job of that name and scope is registered in this release."""

    def refuse(self, _: dict[str, Any]) -> None:
        """Stands in for the job's function."""
        raise self


@dataclass(frozen=True)
class Job:
    """One registered job; after `attempts` failures `given_up` gets the payload and the last error."""

    name: str
    function: Function
    scope: Scope
    attempts: int = 8
    given_up: GivenUp | None = None


_jobs: dict[tuple[Scope, str], Job] = {}


def job(
    name: str, *, scope: Scope = "tenant", attempts: int = 8, given_up: GivenUp | None = None
) -> Callable[[Function], Function]:
    """Register a function under `name`; it gets the payload and runs in one transaction with the removal."""

    def register(function: Function) -> Function:
        if (scope, name) in _jobs:
            raise ValueError(f"two jobs are called {name}")
        _jobs[scope, name] = Job(name, function, scope, attempts, given_up)
        return function

    return register


def find(scope: Scope, name: str) -> Job:
    """The job of that name; raises UnknownJob."""
    try:
        return _jobs[scope, name]
    except KeyError:
        raise UnknownJob(f"no {scope} job is called {name}") from None
