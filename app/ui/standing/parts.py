"""What the standing bar says: the worst first, then what else is open, health with its reasons, one act."""

from dataclasses import dataclass
from typing import Literal

from app.ui.shapes import State

Band = Literal["good", "fair", "poor", "unknown"]
BAND_STATE: dict[Band, State] = {"good": "kept", "fair": "risk", "poor": "broken", "unknown": "event"}


@dataclass(frozen=True, slots=True)
class Act:
    """The one act a bar, card or empty state offers: a link, or a form that posts when `post` is set."""

    label: str
    href: str
    icon: str | None = None
    key: str | None = None
    post: bool = False


@dataclass(frozen=True, slots=True)
class Health:
    """0 to 100 with its band, the change over the last days, and at most three reasons in words."""

    score: int
    band: Band
    label: str
    trend: str = ""
    reasons: tuple[str, ...] = ()

    @property
    def state(self) -> State:
        """The state whose colour the ring has."""
        return BAND_STATE[self.band]


@dataclass(frozen=True, slots=True)
class Standing:
    """One customer's standing: `sentence` says what is wrong and since when, or that all is well.

    `why` names what else is open; `more` counts what was left out and leads to `more_href`; `stale` says that
    the data is older than its rhythm, and then the bar is never calm.
    """

    state: State
    sentence: str
    why: str = ""
    more: int = 0
    more_href: str | None = None
    health: Health | None = None
    act: Act | None = None
    stale: str | None = None
    others: tuple[Act, ...] = ()
