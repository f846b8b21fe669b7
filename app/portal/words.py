"""What is wrong, said to the customer whom it concerns, and what is done about it."""

from dataclasses import dataclass
from uuid import UUID

from app.core.actor import Actor
from app.domain.standing.rules.assess import Standing
from app.domain.standing.rules.events import Promise
from app.domain.standing.rules.troubles import Trouble
from app.records import filters, reading, registry
from app.records.reading import Query
from app.records.record import Record
from app.ui.formats import Formats
from app.ui.say import closed, gettext, ngettext, opening
from app.ui.shapes import State
from app.ui.standing import words

MOST = 100
# Pages that a customer has; what else the thread knows is shown without a way to it.
LINKED = frozenset({"orders", "deliveries", "incidents", "cases"})


@dataclass(frozen=True, slots=True)
class Told:
    """One trouble in the customer's words: what, what is done about it, and where to read more."""

    state: State
    what: str
    done: str
    href: str | None


def href(object_name: str, record_id: UUID) -> str | None:
    """The page of a record in the portal, where it has one."""
    return f"/{object_name}/{record_id}" if object_name in LINKED else None


def open_incidents(actor: Actor) -> list[Record]:
    """The customer's incidents that are not solved yet, the gravest first."""
    open_ones = filters.parse_json(registry.get("incidents"), {"field": "resolved_at", "op": "empty"})
    fields = (
        "kind",
        "subject",
        "severity",
        "opened_at",
        "remedy",
        "remedy_due_on",
        "delivery_id",
        "order_id",
    )
    wanted = Query(where=open_ones, sort="-severity", limit=MOST, count=False, fields=(*fields, "owner_id"))
    return reading.page(actor, "incidents", wanted).rows


def troubles(actor: Actor, found: Standing, write: Formats) -> list[Told]:
    """Everything that is open or at risk, the worst first."""
    if not found.troubles:
        return []
    incidents = open_incidents(actor)
    known = {each.id: each for each in incidents}
    late = {each["delivery_id"]: each for each in incidents if each["kind"] == "late" and each["delivery_id"]}
    return [
        Told(
            trouble.state,
            closed(sentence(trouble, write)),
            _kept_an_eye_on()
            if trouble.state == "risk"
            else done(known.get(trouble.link.id) or late.get(trouble.link.id), write),
            href(trouble.link.object, trouble.link.id),
        )
        for trouble in found.troubles
    ]


def sentence(trouble: Trouble, write: Formats) -> str:
    """What is wrong and since when, as a sentence without its full stop."""
    match trouble.kind:
        case "deliveries":
            return _delivery(trouble, write)
        case "incident":
            return _incident(trouble, write)
        case "cases" if trouble.state == "broken":
            return gettext("Our answer to your request %(number)s is late", number=trouble.label)
        case "cases":
            when = words.due(trouble.when, write)
            return gettext("We answer your request %(number)s by %(when)s", number=trouble.label, when=when)
        case _ if trouble.state == "broken":
            return gettext("We promised to get back to you, and are late")
        case _:
            return gettext("We get back to you by %(when)s", when=words.due(trouble.when, write))


def done(incident: Record | None, write: Formats) -> str:
    """What the company does about it."""
    due_on = incident["remedy_due_on"] if incident else None
    if due_on:
        return closed(gettext("We know, and make it good by %(day)s", day=write.day(due_on)))
    if incident and incident["remedy"]:
        return gettext("We know: %(remedy)s", remedy=incident["remedy"])
    owner = incident.labels.get("owner_id") if incident else None
    if owner:
        return gettext("We know, and %(name)s takes care of it.", name=owner)
    return gettext("We know, and are working on it.")


def _kept_an_eye_on() -> str:
    return gettext("We keep an eye on it.")


def next_promise(found: Standing, write: Formats) -> str:
    """What comes next, where all is well."""
    coming = next(iter(found.upcoming), None)
    if coming is None:
        return ""
    return gettext("Next: %(what)s, %(when)s", what=promised(coming), when=words.promise_due(coming, write))


def promised(promise: Promise) -> str:
    """What was promised: Order 10248."""
    return (
        gettext("our answer to you")
        if promise.source in {"activities", "threads"}
        else words.promise_name(promise)
    )


def incident_name(incident: Record) -> str:
    """Wrong item, order 10231."""
    labels = {each.value: each.label for each in registry.get("incidents").by_name["kind"].choices}
    label = labels[incident["kind"]]
    kind = gettext(label)
    return f"{kind} · {incident['subject']}" if incident["subject"] else kind


def _delivery(trouble: Trouble, write: Formats) -> str:
    what = _what(trouble)
    if trouble.state == "risk":
        return gettext(
            "%(what)s is due %(when)s and has not left", what=what, when=words.due(trouble.when, write)
        )
    days = -trouble.when.days
    if days > 0:
        return ngettext("%(what)s is %(num)s day late", "%(what)s is %(num)s days late", days, what=what)
    return gettext("%(what)s is %(hours)s h late", what=what, hours=max(1, trouble.when.hours))


def _what(trouble: Trouble) -> str:
    if trouble.in_order and trouble.label:
        return gettext("Your delivery for order %(number)s", number=trouble.label)
    return gettext("Your delivery %(number)s", number=trouble.label).strip()


def _incident(trouble: Trouble, write: Formats) -> str:
    kind = opening(words.incident_short(trouble.about))
    since = words.due(trouble.when, write)
    if trouble.in_order:
        return gettext(
            "%(what)s in order %(number)s, known since %(when)s", what=kind, number=trouble.label, when=since
        )
    return gettext("%(what)s, known since %(when)s", what=kind, when=since)


def of_incident(incident: Record, late: str, write: Formats) -> Told:
    """An open incident on the page of its order; `late` says how late its delivery is."""
    labels = {each.value: each.label for each in registry.get("incidents").by_name["kind"].choices}
    label = labels[incident["kind"]]
    what = gettext("Delivery %(late)s", late=late) if late else gettext(label)
    return Told("broken", what, done(incident, write), href("incidents", incident.id))


def of_delivery(late: str) -> Told:
    """A delivery that is late, before the clock has opened its incident."""
    return Told(
        "broken", gettext("Delivery %(late)s", late=late), gettext("We know, and are working on it."), None
    )
