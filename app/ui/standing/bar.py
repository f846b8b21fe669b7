"""The standing bar of one customer, with its thread."""

from uuid import UUID

from flask import get_template_attribute
from markupsafe import Markup, escape

from app.core.actor import Actor
from app.core.permissions import require
from app.domain.standing import queries
from app.domain.standing.rules import assess
from app.domain.standing.rules.health import Health as Measured
from app.domain.standing.rules.health import Reason
from app.records.record import Record
from app.ui.formats import Formats
from app.ui.say import closed, gettext, opening, pgettext
from app.ui.standing import words
from app.ui.standing.parts import Act, Band, Health, Standing
from app.ui.standing.thread import drawing

_BANDS: dict[str, Band] = {"excellent": "good", "good": "good", "fair": "fair", "poor": "poor"}


def bar(actor: Actor, object_name: str, record: Record) -> Markup:
    """The bar of the customer that `record` is about, in at most three statements; empty where there is none.

    That something is open is for everybody who may see the record: no other right hides it.
    """
    require(actor, f"{object_name}:read")
    customer = queries.customer_of(record)
    return render(queries.standing(customer, actor)) if customer else Markup("")


def render(found: assess.Standing) -> Markup:
    """The bar with its thread, as the component draws it."""
    write = words.formats()
    macro = get_template_attribute("components/standing.html", "standing_bar")
    return Markup(macro(told(found, write), drawing(found, write)))


def told(found: assess.Standing, write: Formats) -> Standing:
    """The standing in words."""
    sentence, why, more = _said(found, write)
    return Standing(
        state=found.state,
        sentence=sentence,
        why=why,
        more=more,
        health=health(found.health),
        act=act(found.act),
        stale=words.stale(found.stale) if found.stale and (found.troubles or found.silence) else None,
        others=_others(found),
    )


def health(measured: Measured | None) -> Health | None:
    """Health as the ring and its reasons, each reason leading to its record."""
    if measured is None:
        return None
    change = measured.change or 0
    trend = gettext("%(change)s in 30 days", change=f"{change:+d}".replace("-", "−")) if change else ""
    return Health(
        measured.score,
        _BANDS[measured.band],
        _band(measured),
        trend,
        tuple(_reason(one) for one in measured.reasons),
    )


def act(proposed: assess.Act | None) -> Act | None:
    """The one act as a link: dial, write, or open."""
    if proposed is None:
        return None
    match proposed.kind:
        case "call":
            label = gettext("Call %(name)s", name=proposed.name) if proposed.name else pgettext("act", "Call")
            return Act(label, f"tel:{proposed.address}", "phone")
        case "mail":
            label = gettext("Write to %(name)s", name=proposed.name) if proposed.name else gettext("Write")
            return Act(label, f"mailto:{proposed.address}", "mail")
        case "answer":
            return Act(gettext("Answer"), words.href(proposed.link), "message-square")
        case _:
            named = gettext("Open %(name)s", name=proposed.name) if proposed.name else pgettext("act", "Open")
            return Act(named, words.href(proposed.link), "arrow-right")


def _said(found: assess.Standing, write: Formats) -> tuple[str, str, int]:
    """The sentence, what else is open, and how much more was left out."""
    if not found.troubles:
        return _calm(found), _next(found, write), 0
    first, *others = found.troubles
    sentence = closed(words.sentence(first, write))
    if not others:
        return sentence, _next(found, write, besides=first.link.id), 0
    also = gettext("Also open: %(what)s", what=words.sentence(others[0], write))
    return sentence, also, len(others) - 1


def _calm(found: assess.Standing) -> str:
    if found.silence:
        return gettext("%(what)s.", what=opening(words.silent(found.silence)))
    if found.stale:
        return closed(words.stale(found.stale))
    if found.state == "event":
        return gettext("Nothing is known of promises yet.")
    return gettext("All promises kept.") if found.marks else gettext("Nothing is open.")


def _next(found: assess.Standing, write: Formats, besides: UUID | None = None) -> str:
    coming = next((promise for promise in found.upcoming if promise.id != besides), None)
    if coming is None:
        return words.usual(found.silence) if found.silence and not found.troubles else ""
    when = words.promise_due(coming, write)
    return gettext("Next: %(what)s, %(when)s", what=words.promise_name(coming), when=when)


def _others(found: assess.Standing) -> tuple[Act, ...]:
    """Beside the act, on a phone: the record behind the sentence."""
    if not found.troubles or found.act is None or found.act.kind == "open":
        return ()
    return (Act(pgettext("act", "Open"), words.href(found.troubles[0].link), "arrow-right"),)


def _band(measured: Measured) -> str:
    names = {
        "excellent": gettext("Excellent"),
        "good": gettext("Good"),
        "fair": gettext("Fair"),
        "poor": gettext("Poor"),
    }
    trends = {"rising": gettext("rising"), "falling": gettext("falling")}
    trend = trends.get(measured.trend or "")
    return f"{names[measured.band]}, {trend}" if trend else names[measured.band]


def _reason(found: Reason) -> Markup:
    text = words.reason(found)
    if not found.links:
        return escape(text)
    return Markup('<a href="{}">{}</a>').format(words.href(found.links[0]), text)
