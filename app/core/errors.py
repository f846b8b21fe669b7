"""The few ways in which an act can fail; they carry data and know no HTTP and no HTML."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from app.core.text import N_

STALE = N_("This was changed since you read it. Read it again and repeat your change.")


@dataclass(frozen=True)
class Problem:
    """One thing wrong with what came in: where (`path`), which kind (`code`), in words (`message`).

    `message` is an English msgid; `data` fills its named placeholders.
    """

    path: str
    code: str
    message: str
    data: dict[str, Any] = field(default_factory=dict)


class KithError(Exception):
    """Anything that an act refuses on purpose."""


class NotFound(KithError):
    """There is no such thing, or it is not for this actor: the two look the same."""


class NotAllowed(KithError):
    """The actor sees the thing and may not do this to it; `permission` names what is missing."""

    def __init__(self, permission: str) -> None:
        super().__init__(permission)
        self.permission = permission


class Invalid(KithError):
    """The input breaks rules; one problem for each."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("; ".join(f"{p.path}: {p.message}" for p in problems))
        self.problems = tuple(problems)

    @classmethod
    def one(cls, path: str, code: str, message: str, **data: Any) -> "Invalid":
        """An error with a single problem."""
        return cls([Problem(path, code, message, data)])


class Unreadable(KithError):
    """What was sent is no text: `problem` names the input. No form that is shown again can hold it."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


class Conflict(KithError):
    """Somebody else was faster; `yours`, `theirs` and `base` hold the values per field."""

    def __init__(
        self,
        message: str,
        *,
        yours: dict[str, Any] | None = None,
        theirs: dict[str, Any] | None = None,
        base: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.yours = yours or {}
        self.theirs = theirs or {}
        self.base = base or {}


class Stale(Conflict):
    """The act was meant for a version that the thing has no more."""

    def __init__(self) -> None:
        super().__init__(STALE)


class LimitReached(KithError):
    """Too much, too fast or too large; `retry_after` in seconds where waiting helps.

    `message` is an English msgid; `data` fills its named placeholders. `kind` names the limit of the plan
    that was reached, empty for the limits that protect everybody.
    """

    def __init__(
        self,
        message: str,
        retry_after: int | None = None,
        *,
        kind: str = "",
        data: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        self.kind = kind
        self.data = data or {}

    @property
    def sentence(self) -> str:
        """The message in English."""
        return str(self) % self.data if self.data else str(self)


class Held(KithError):
    """The company's state does not allow `act` now; `retry_after` in seconds where it passes by itself."""

    def __init__(self, state: str, act: str, retry_after: int | None = None) -> None:
        super().__init__(f"{state}: no {act}")
        self.state = state
        self.act = act
        self.retry_after = retry_after


class Unavailable(KithError):
    """A part outside does not answer; nothing was changed."""
