"""How often something usually happens, and when its absence is worth a word."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from statistics import median

_ENOUGH_DAYS = 4
_SHORTEST = 1


@dataclass(frozen=True)
class Silence:
    """Nothing for `days`, where it usually comes every `usual` days."""

    days: int
    usual: int

    @property
    def ratio(self) -> float:
        """How many usual intervals the silence lasts."""
        return self.days / self.usual


def silence(days: Iterable[date], today: date) -> Silence | None:
    """The present silence by the median gap of the days so far; None where they tell no rhythm."""
    past = sorted({day for day in days if day <= today})
    if len(past) < _ENOUGH_DAYS:
        return None
    gaps = [(later - earlier).days for earlier, later in pairwise(past)]
    return Silence((today - past[-1]).days, max(_SHORTEST, round(median(gaps))))


def is_stale(quiet: Silence) -> bool:
    """Whether data is older than its rhythm explains: three intervals and two weeks."""
    return quiet.ratio > 3 and quiet.days >= 14
