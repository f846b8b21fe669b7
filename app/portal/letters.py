"""What the link in a letter opens: one order, report or conversation, without a password; and ways out."""

from typing import Any

from flask import g, make_response, render_template, request
from werkzeug.wrappers import Response

from app.core.actor import Actor
from app.core.errors import Invalid, NotFound
from app.core.permissions import CUSTOMER
from app.domain.letters import links, stops
from app.domain.letters.links import Opened
from app.domain.messages import actions as talking
from app.domain.messages import queries as talks
from app.domain.portal import attempts, sessions
from app.domain.workspace import queries as workspace
from app.portal import orders, progress, words
from app.portal.doors import portal
from app.records import reading
from app.records.labels import titles_of
from app.ui.errors import by_field
from app.ui.formats import Formats
from app.ui.http import see_other, toast
from app.ui.marks import always, public, unproven
from app.ui.say import gettext as _
from app.ui.signed_in import where
from app.ui.standing.words import formats

SYSTEM = stops.PORTAL


@portal.get("/l/<code>")
@public
def open_letter(code: str) -> str:
    """The one thing that the letter was about."""
    return _page(_opened(code), code)


@portal.post("/l/<code>")
@public
def answer_letter(code: str) -> Response:
    """Write into the conversation about it."""
    opened = _opened(code)
    who = _guest(opened)
    about = None if opened.object == "threads" else (opened.object, opened.record_id)
    thread = opened.record_id if opened.object == "threads" else None
    try:
        talking.write(who, thread_id=thread, about=about, body=request.form.get("body", ""))
    except Invalid as refused:
        return make_response(_page(opened, code, refused), 422)
    toast(_("Sent. The answer comes here and by e-mail."))
    return see_other(f"/l/{code}")


@portal.get('/l/<code>/<any("not-me", "notices"):way>')
@public
def leave_page(code: str, way: str) -> str:
    """Ask before mails end."""
    opened = _opened(code)
    return render_template("portal/letters/leave.html", code=code, way=way, address=opened.address)


@portal.post('/l/<code>/<any("not-me", "notices"):way>')
@public
@unproven
@always
def leave(code: str, way: str) -> Response:
    """Write to this address no more, or send no more notices; mail programs post here too (RFC 8058)."""
    opened = _opened(code)
    stops.stop(opened, "not_me" if way == "not-me" else "asked")
    return make_response(render_template("portal/letters/left.html", way=way, address=opened.address))


def _opened(code: str) -> Opened:
    try:
        return links.open(code)
    except NotFound:
        attempts.code(where().address)
        raise


def _guest(opened: Opened) -> Actor:
    """Whom the letter was for, with the own rows only; the views show nothing but the one thing."""
    name = titles_of(SYSTEM, "contacts", [opened.contact_id]).get(opened.contact_id, "")
    settings = workspace.settings()
    return Actor(
        "customer",
        opened.contact_id,
        name,
        "portal",
        CUSTOMER,
        request_id=g.request_id,
        language=sessions.language_of(settings.language),
        time_zone=settings.time_zone,
    )


def _page(opened: Opened, code: str, refused: Invalid | None = None) -> str:
    who, write = _guest(opened), formats()
    shown = _order(who, opened, write) if opened.object == "orders" else _other(who, opened, write)
    return render_template(
        "portal/letters/page.html", code=code, me=who.id, write=write, errors=by_field(refused), **shown
    )


def _order(who: Actor, opened: Opened, write: Formats) -> dict[str, Any]:
    order = reading.fetch(who, "orders", opened.record_id)
    return {
        "title": _("Order %(number)s", number=order.title),
        "talks": talks.of_record(who, "orders", order.id),
        **orders.told(who, order, write),
    }


def _other(who: Actor, opened: Opened, write: Formats) -> dict[str, Any]:
    match opened.object:
        case "threads":
            talk = talks.thread(who, opened.record_id)
            return {"title": talk.thread.subject or _("Message"), "talks": [talk]}
        case "incidents":
            incident = reading.fetch(who, "incidents", opened.record_id)
            told = [words.of_incident(incident, "", write)] if incident["resolved_at"] is None else []
            found = talks.of_record(who, "incidents", incident.id)
            return {"title": words.incident_name(incident), "talks": found, "troubles": told}
        case "deliveries":
            record = reading.fetch(who, "deliveries", opened.record_id)
            return {
                "title": _("Delivery %(number)s", number=record.title),
                "deliveries": [progress.delivery(None, record, write)],
                "talks": talks.of_record(who, "deliveries", record.id),
            }
        case "contacts":
            return {"title": who.name, "talks": []}
    raise NotFound(opened.object)
