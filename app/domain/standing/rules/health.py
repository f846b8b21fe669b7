"""The health of a relation: 100 less what weighs on it, with the reasons that weigh most."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from app.domain.calendar.rules import Calendar
from app.domain.standing.rules.events import Events, Incident, Link, Promise, promise_day, state
from app.domain.standing.rules.rhythm import Silence, silence

Band = Literal["excellent", "good", "fair", "poor"]
Trend = Literal["rising", "steady", "falling"]

MEMORY = timedelta(days=90)
TREND = timedelta(days=30)

_BANDS: tuple[tuple[int, Band], ...] = ((85, "excellent"), (70, "good"), (50, "fair"), (0, "poor"))
_BROKEN = {"deliveries": 14, "cases": 10, "activities": 6, "threads": 8}
_KEPT_LATE = {"deliveries": 5, "cases": 3, "activities": 2, "threads": 3}
_INCIDENT = {"wrong_item": 12, "damage": 12, "late": 12, "quality": 10, "silence": 8, "billing": 6}
_OTHER_INCIDENT = 8
_RISK = 3
_SILENCE = ((5, 25), (3, 20), (2, 10))
_QUIET_DAYS = 14
_STEADY = 5


@dataclass(frozen=True)
class Reason:
    """Why points are missing: `kind`, how often, how many points, and the records to look at."""

    kind: str
    count: int
    points: int
    links: tuple[Link, ...]
    silence: Silence | None = None


@dataclass(frozen=True)
class Health:
    """0 (lost) to 100 (nothing weighs on it); `change` is against 30 days before, None where unknown."""

    score: int
    band: Band
    reasons: tuple[Reason, ...]
    change: int | None = None

    @property
    def trend(self) -> Trend | None:
        """Where it is going; None where nothing was known 30 days before."""
        if self.change is None:
            return None
        if abs(self.change) < _STEADY:
            return "steady"
        return "rising" if self.change > 0 else "falling"


@dataclass(frozen=True)
class _Weight:
    kind: str
    points: float
    link: Link | None = None
    silence: Silence | None = None


def health(events: Events, at: datetime, calendar: Calendar) -> Health | None:
    """The health at `at`, or None where nothing is known of the relation: no reason, no score."""
    now = _measure(events, at, calendar)
    if now is None:
        return None
    earlier = at - TREND
    before = _measure(events.as_of(earlier), earlier, calendar)
    change = None if before is None else now.score - before.score
    return Health(now.score, now.band, now.reasons, change)


def _measure(events: Events, at: datetime, calendar: Calendar) -> Health | None:
    if not (events.promises or events.incidents or events.signs):
        return None
    weights = [*_promises(events, at, calendar), *_incidents(events, at), *_silence(events, at, calendar)]
    score = max(0, 100 - round(sum(weight.points for weight in weights)))
    band = next(name for least, name in _BANDS if score >= least)
    return Health(score, band, _reasons(weights))


def _promises(events: Events, at: datetime, calendar: Calendar) -> Iterable[_Weight]:
    for promise in events.promises:
        points = _promise_points(promise, at, calendar)
        if points is not None:
            kind, weight = points
            yield _Weight(kind, weight, Link(promise.source, promise.id))


_KINDS = {"deliveries": "late", "cases": "slow", "activities": "unkept", "threads": "silence"}


def _promise_points(promise: Promise, at: datetime, calendar: Calendar) -> tuple[str, float] | None:
    kind = _KINDS[promise.source]
    match state(promise, at, calendar):
        case "broken":
            late = (calendar.day_of(at) - promise_day(promise, calendar)).days
            return kind, _BROKEN[promise.source] + min(late, 10)
        case "kept_late":
            faded = _KEPT_LATE[promise.source] * _fade(promise.kept_at or promise.due_at, at)
            return (kind, faded) if faded else None
        case "risk":
            return "risk", _RISK
    return None


def _incidents(events: Events, at: datetime) -> Iterable[_Weight]:
    counted = {promise.id for promise in events.promises}
    for incident in events.incidents:
        if incident.kind == "late" and incident.delivery_id in counted:
            continue  # the broken promise itself weighs already
        points = _incident_points(incident, at)
        if points:
            yield _Weight(incident.kind, points, Link("incidents", incident.id))


def _incident_points(incident: Incident, at: datetime) -> float:
    full = _INCIDENT.get(incident.kind, _OTHER_INCIDENT) * incident.severity / 2
    return full if incident.resolved_at is None else full / 2 * _fade(incident.resolved_at, at)


def _fade(since: datetime, at: datetime) -> float:
    """What mended troubles still weigh: all in the first month, a third in the third, then nothing."""
    age = at - since
    if age > MEMORY:
        return 0
    months = age // timedelta(days=30)
    return max(1, 3 - months) / 3


def _silence(events: Events, at: datetime, calendar: Calendar) -> Iterable[_Weight]:
    quiet = silence((calendar.day_of(sign.at) for sign in events.signs), calendar.day_of(at))
    if quiet is None or quiet.days < _QUIET_DAYS:
        return
    points = next((points for ratio, points in _SILENCE if quiet.ratio > ratio), 0)
    if points:
        yield _Weight("silent", points, silence=quiet)


def _reasons(weights: list[_Weight], most: int = 3) -> tuple[Reason, ...]:
    kinds: dict[str, list[_Weight]] = {}
    for weight in sorted(weights, key=lambda one: -one.points):
        kinds.setdefault(weight.kind, []).append(weight)
    reasons = [_reason(kind, same) for kind, same in kinds.items()]
    return tuple(sorted(reasons, key=lambda reason: -reason.points)[:most])


def _reason(kind: str, same: list[_Weight]) -> Reason:
    links = tuple(weight.link for weight in same if weight.link)
    points = max(1, round(sum(weight.points for weight in same)))
    return Reason(kind, len(same), points, links, same[0].silence)
