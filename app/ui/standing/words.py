"""Times and troubles in words: relative, short, with the right plural."""

from collections.abc import Callable
from datetime import date

from app.core.clock import now
from app.core.text import N_
from app.domain.calendar import queries as calendars
from app.domain.standing.rules.events import Link, Promise, When, promise_day, when
from app.domain.standing.rules.health import Reason
from app.domain.standing.rules.rhythm import Silence
from app.domain.standing.rules.troubles import Trouble
from app.ui.formats import Formats
from app.ui.say import gettext, language, ngettext

_INCIDENTS = {
    "late": N_("Late delivery"),
    "wrong_item": N_("Wrong item"),
    "quality": N_("Poor quality"),
    "damage": N_("Damage"),
    "billing": N_("Billing"),
    "silence": N_("No answer"),
    "other": N_("Incident"),
}
_INCIDENTS_SHORT = {
    "late": N_("late"),
    "wrong_item": N_("wrong item"),
    "quality": N_("quality"),
    "damage": N_("damage"),
    "billing": N_("billing"),
    "silence": N_("no answer"),
    "other": N_("incident"),
    "slow": N_("slow solution"),
    "unkept": N_("promise not kept"),
    "risk": N_("due soon"),
}
_WEEK = 7
# What is no record has its page elsewhere.
PAGES = {"threads": "messages"}


def href(link: Link) -> str:
    """The address of a record's page."""
    return f"/{PAGES.get(link.object, link.object)}/{link.id}"


def formats() -> Formats:
    """How this page writes dates, in the company's time zone: promises are the company's days."""
    return Formats(language() or "en", calendars.current().zone, now())


def due(moment: When, write: Formats) -> str:
    """today, tomorrow, Thu, 19 Nov."""
    if moment.days in {-1, 0, 1}:
        return {-1: gettext("yesterday"), 0: gettext("today"), 1: gettext("tomorrow")}[moment.days]
    day = date.fromordinal(write.today.toordinal() + moment.days)
    return write.weekday(day) if 0 < moment.days < _WEEK else write.short_date(day)


def late(moment: When) -> str:
    """2 days late, or in hours within the first day."""
    days = -moment.days
    if days > 0:
        return ngettext("%(num)s day late", "%(num)s days late", days)
    return gettext("%(hours)s h late", hours=max(1, moment.hours))


def promise_due(promise: Promise, write: Formats) -> str:
    """When a promise falls due, in one or two words."""
    calendar = calendars.current()
    return due(when(promise.due_at, now(), calendar, promise_day(promise, calendar)), write)


def promise_name(promise: Promise) -> str:
    """What was promised: Order 10248, Case 1002, or the words of an activity."""
    if promise.source == "activities":
        return promise.label
    if promise.source == "cases":
        return gettext("Case %(number)s", number=promise.label)
    if promise.source == "threads":
        return gettext("Answer to %(name)s", name=promise.label)
    return _numbered(promise.label, promise.in_order)


def trouble_name(trouble: Trouble) -> str:
    """What is broken or at risk: Order 10248, Wrong item in order 10231, Case 1002."""
    if trouble.kind == "incident":
        return _incident_name(trouble)
    if trouble.kind == "deliveries":
        return _numbered(trouble.label, trouble.in_order)
    if trouble.kind == "threads":
        return gettext("Answer to %(name)s", name=trouble.label)
    return gettext("Case %(number)s", number=trouble.label) if trouble.kind == "cases" else trouble.label


def sentence(trouble: Trouble, write: Formats) -> str:
    """What is wrong and since when, as a sentence without its full stop."""
    return _SENTENCES[trouble.kind](trouble, write)


def pill(trouble: Trouble, write: Formats) -> str:
    """The trouble in two or three words."""
    if trouble.kind == "incident":
        return incident_short(trouble.about)
    return late(trouble.when) if trouble.state == "broken" else due(trouble.when, write)


def incident_short(kind: str) -> str:
    """An incident's kind, or a reason's, in lower case: wrong item."""
    return gettext(_INCIDENTS_SHORT.get(kind, _INCIDENTS_SHORT["other"]))


def reason(found: Reason) -> str:
    """late x2, silent 31 days."""
    if found.silence:
        return silent(found.silence)
    return f"{incident_short(found.kind)} ×{found.count}"


def silent(quiet: Silence) -> str:
    """silent 31 days."""
    return ngettext("silent %(num)s day", "silent %(num)s days", quiet.days)


def usual(quiet: Silence) -> str:
    """The rhythm that the silence breaks."""
    return ngettext("Usual rhythm is %(num)s day", "Usual rhythm is %(num)s days", quiet.usual)


def stale(quiet: Silence) -> str:
    """What is to be said where delivery data is older than its rhythm."""
    return gettext(
        "No delivery data for %(days)s days, usually every %(usual)s", days=quiet.days, usual=quiet.usual
    )


def _delivery(trouble: Trouble, write: Formats) -> str:
    what = _numbered(trouble.label, trouble.in_order)
    if trouble.state == "risk":
        return gettext("%(what)s is due %(when)s and has not left", what=what, when=due(trouble.when, write))
    days = -trouble.when.days
    if days > 0:
        return ngettext("%(what)s is %(num)s day late", "%(what)s is %(num)s days late", days, what=what)
    return gettext("%(what)s is %(hours)s h late", what=what, hours=max(1, trouble.when.hours))


def _numbered(number: str, in_order: bool) -> str:
    if not number:
        return gettext("A delivery")
    if in_order:
        return gettext("Order %(number)s", number=number)
    return gettext("Delivery %(number)s", number=number)


def _case(trouble: Trouble, write: Formats) -> str:
    if trouble.state == "risk":
        return gettext("Case %(number)s is due %(when)s", number=trouble.label, when=due(trouble.when, write))
    days = max(1, -trouble.when.days)
    return ngettext(
        "Case %(number)s is %(num)s day overdue",
        "Case %(number)s is %(num)s days overdue",
        days,
        number=trouble.label,
    )


def _activity(trouble: Trouble, write: Formats) -> str:
    if trouble.state == "risk":
        return gettext("“%(what)s” is due %(when)s", what=trouble.label, when=due(trouble.when, write))
    return gettext("“%(what)s” was promised for %(when)s", what=trouble.label, when=due(trouble.when, write))


def _thread(trouble: Trouble, write: Formats) -> str:
    if trouble.state == "risk":
        when = due(trouble.when, write)
        return gettext("%(name)s wrote, an answer is due %(when)s", name=trouble.label, when=when)
    return gettext("%(name)s waits for an answer, %(late)s", name=trouble.label, late=late(trouble.when))


def _incident(trouble: Trouble, write: Formats) -> str:
    what = _incident_name(trouble)
    if trouble.remedy_due_on:
        days = (trouble.remedy_due_on - write.today).days
        remedy = due(When(days, 0, trouble.when.at), write)
        return gettext("%(what)s, remedy due %(when)s", what=what, when=remedy)
    days = -trouble.when.days
    if days <= 0:
        return gettext("%(what)s, since today", what=what)
    return ngettext("%(what)s, open for %(num)s day", "%(what)s, open for %(num)s days", days, what=what)


def _incident_name(trouble: Trouble) -> str:
    what = gettext(_INCIDENTS.get(trouble.about, _INCIDENTS["other"]))
    if trouble.in_order:
        return gettext("%(what)s in order %(number)s", what=what, number=trouble.label)
    return f"{what}: {trouble.label}" if trouble.label else what


_SENTENCES: dict[str, Callable[[Trouble, Formats], str]] = {
    "deliveries": _delivery,
    "cases": _case,
    "activities": _activity,
    "threads": _thread,
    "incident": _incident,
}
