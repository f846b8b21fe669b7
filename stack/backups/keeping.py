"""How long backups are kept, and what goes when they do."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from stack.backups import base, history
from stack.backups.base import BASE, LOG, Base
from stack.backups.places import Place

# An interrupted base backup may still be under way elsewhere for so long.
_UNFINISHED = timedelta(days=1)


@dataclass(frozen=True)
class Rule:
    """Keep every base backup of so many days, and always the newest so many."""

    days: int = 14
    fewest: int = 2

    def split(self, bases: Sequence[Base], now: datetime) -> tuple[list[Base], list[Base]]:
        """(kept, gone) of `bases`, oldest first. A moment is reached from the base before it: that stays."""
        horizon = now - timedelta(days=self.days)
        older = [each for each in bases if each.ended_at <= horizon]
        keep = len(bases) - max(len(older) - 1, 0)
        cut = len(bases) - max(keep, min(self.fewest, len(bases)))
        return list(bases[cut:]), list(bases[:cut])


def tidy(place: Place, scratch: Path, rule: Rule) -> list[Base]:
    """Remove what the rule does not keep: base backups, then the log that none needs; what went."""
    now = datetime.now(UTC)
    bases = base.found(place, scratch)
    kept, gone = rule.split(bases, now)
    known = {each.id for each in kept}
    for entry in sorted(place.entries(BASE), key=lambda entry: not entry.name.endswith(base.MARK)):
        name = entry.name.split("/")[1]
        is_old = any(name == each.id for each in gone)
        if is_old or (name not in known and entry.at < now - _UNFINISHED):
            place.remove(entry.name)
    for entry in history.superfluous(place.entries(LOG), kept):
        place.remove(entry.name)
    return gone
