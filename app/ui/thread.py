"""The layout of the thread: from marks to places on a line over time, without drawing anything."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from app.ui.shapes import State

NOW_AT = 0.86
STEP = 12.0
LETTER = 5.9
ROOMY = 960.0
Reach = tuple[float, float]
RANK: dict[State, int] = {"broken": 0, "risk": 1, "planned": 2, "kept": 3, "event": 4}


@dataclass(frozen=True, slots=True)
class Mark:
    """One thing on the thread: when, in what state, how it is called, where it leads."""

    at: date
    state: State
    title: str
    href: str | None = None
    short: str | None = None


@dataclass(frozen=True, slots=True)
class Placed:
    """A mark with its place, 0 to 100 per cent of the line."""

    x: float
    mark: Mark


@dataclass(frozen=True, slots=True)
class Label:
    """A word under the line; `roomy` ones are for lines of 960 px and more, the others for narrower ones."""

    x: float
    text: str
    state: State | None
    roomy: bool


@dataclass(frozen=True, slots=True)
class Drawing:
    """Everything the drawing of a thread needs; places are per cent of its width."""

    marks: tuple[Placed, ...]
    labels: tuple[Label, ...]
    now: float
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Scale:
    """The days a thread shows and where each of them lies, as a share of its width."""

    now: date
    back: int
    ahead: int

    @property
    def first(self) -> date:
        """The earliest day shown."""
        return self.now - timedelta(self.back)

    @property
    def last(self) -> date:
        """The latest day shown."""
        return self.now + timedelta(self.ahead)

    def place(self, day: date) -> float:
        """0 for the first day, 1 for the last; the past has most of the line."""
        if day <= self.now:
            return NOW_AT * (day - self.first).days / max(self.back, 1)
        return NOW_AT + (1 - NOW_AT) * (day - self.now).days / max(self.ahead, 1)


def layout(
    marks: Iterable[Mark],
    now: date,
    days_back: int = 90,
    days_ahead: int = 14,
    width: float = 620,
    *,
    months: Sequence[str] = (),
    now_word: str = "now",
) -> Drawing:
    """Places marks so that none hides another and words so that none collide at `width` pixels or more.

    `months` are twelve short names for the scale; without them it has none. A mark outside the days shown is
    left out. Broken marks get their words first, then risks, promises and the scale.
    """
    scale = Scale(now, days_back, days_ahead)
    shown = [mark for mark in marks if scale.first <= mark.at <= scale.last]
    shown.sort(key=lambda mark: (mark.at, -RANK[mark.state]))
    placed = _apart(shown, scale, STEP / width)
    wishes = _wishes(placed, scale, months, now_word)
    labels = (*_fit(wishes, width, False), *_fit(wishes, ROOMY, True))
    return Drawing(placed, labels, 100 * NOW_AT, scale.first, scale.last)


def _apart(shown: Sequence[Mark], scale: Scale, step: float) -> tuple[Placed, ...]:
    """Marks step aside until each has room; what is open never crosses now, nothing leaves the drawing."""
    xs = [scale.place(mark.at) for mark in shown]
    ahead = [i for i, mark in enumerate(shown) if _lies_ahead(mark, scale.now)]
    past = [i for i in range(len(shown)) if i not in set(ahead)]
    _spread(xs, past, step, (step / 2, NOW_AT - step / 2))
    _spread(xs, ahead, step, (NOW_AT + step, 1 - step / 2))
    return tuple(Placed(round(100 * x, 2), mark) for x, mark in zip(xs, shown, strict=True))


def _lies_ahead(mark: Mark, now: date) -> bool:
    return mark.at > now or (mark.at == now and mark.state in ("planned", "risk"))


def _spread(xs: list[float], which: Sequence[int], step: float, room: tuple[float, float]) -> None:
    """Pushes neighbours apart by one step, forwards then back from the end; crowds share the room evenly."""
    floor, ceiling = room
    step = min(step, (ceiling - floor) / max(len(which) - 1, 1))
    for i in which:
        xs[i] = max(xs[i], floor)
        floor = xs[i] + step
    for i in reversed(which):
        xs[i] = min(xs[i], ceiling)
        ceiling = xs[i] - step


@dataclass(frozen=True, slots=True)
class _Wish:
    rank: int
    x: float
    text: str
    state: State | None = None


def _wishes(placed: Sequence[Placed], scale: Scale, months: Sequence[str], now_word: str) -> list[_Wish]:
    wishes = [_Wish(1, NOW_AT, now_word)]
    for spot in placed:
        mark = spot.mark
        if mark.state in ("broken", "risk", "planned") and mark.short:
            state: State | None = "broken" if mark.state == "broken" else None
            wishes.append(_Wish(2 * RANK[mark.state], spot.x / 100, mark.short, state))
    if months:
        day = _next_month(scale.first)
        while day < scale.now:
            wishes.append(_Wish(9, scale.place(day), months[day.month - 1]))
            day = _next_month(day)
    return wishes


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(32)).replace(day=1)


def _fit(wishes: Sequence[_Wish], width: float, roomy: bool) -> list[Label]:
    """Gives words their place by rank; one that finds no room gives way."""
    taken: list[Reach] = []
    labels: list[Label] = []
    for wish in sorted(wishes, key=lambda wish: (wish.rank, -wish.x)):
        at = _room(wish.x, wish.text, taken, width)
        if at is not None:
            taken.append(_span(at, wish.text, width))
            labels.append(Label(round(100 * at, 2), wish.text, wish.state, roomy))
    return sorted(labels, key=lambda label: label.x)


def _span(x: float, text: str, width: float) -> Reach:
    half = (len(text) * LETTER / 2 + 4) / width
    return x - half, x + half


def _room(x: float, text: str, taken: Sequence[Reach], width: float, aside: float = 30) -> float | None:
    """The nearest free place within `aside` pixels, kept inside the drawing; None when there is none."""
    half = _span(0, text, width)[1]
    for by in (0.0, *(sign * aside * share / 4 for share in (1, 2, 3, 4) for sign in (-1, 1))):
        at = min(max(x + by / width, half), 1 - half)
        low, high = _span(at, text, width)
        if all(high <= start or end <= low for start, end in taken):
            return at
    return None
