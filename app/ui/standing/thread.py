"""A customer's events as marks with words."""

from collections.abc import Callable
from datetime import date

from app.core.clock import now
from app.domain.standing.rules.assess import Standing
from app.domain.standing.rules.events import Link, When
from app.domain.standing.rules.thread import DAYS_AHEAD, DAYS_BACK
from app.domain.standing.rules.thread import Mark as Event
from app.ui.formats import Formats
from app.ui.say import gettext, opening
from app.ui.standing import words
from app.ui.thread import Drawing, Mark, layout

Href = Callable[[Link], str | None]


def drawing(found: Standing, write: Formats, href: Href = words.href) -> Drawing:
    """The thread: 90 days back, 14 ahead; `href` is where a mark leads."""
    marks = [_mark(event, write, href) for event in found.marks]
    return layout(marks, write.today, DAYS_BACK, DAYS_AHEAD, months=write.months(), now_word=gettext("now"))


def _mark(event: Event, write: Formats, href: Href) -> Mark:
    what, short = _mark_words(event, write)
    title = f"{what}, {write.day(event.at)}"
    return Mark(event.at, event.state, title, href(event.link), short)


def _mark_words(event: Event, write: Formats) -> tuple[str, str | None]:
    number = event.label
    if event.state == "kept":
        return _joined(gettext("Kept"), number), None
    if event.kind in {"deliveries", "cases", "activities", "threads"} and event.state == "broken":
        days = event.days_late
        told = words.late(When(-days, 1, now())) if days else words.incident_short("late")
        return _joined(opening(told), number), _joined(words.incident_short("late"), number)
    if event.state == "broken":
        kind = words.incident_short(event.kind)
        return _joined(opening(kind), number), _joined(kind, number)
    if event.state in {"risk", "planned"}:
        return _joined(gettext("Due"), number), words.due(_days(event.at, write), write)
    return _joined(gettext("Order") if event.kind == "orders" else "", number), None


def _days(day: date, write: Formats) -> When:
    return When((day - write.today).days, 0, now())


def _joined(*parts: str) -> str:
    return ", ".join(part for part in parts if part)
