"""Reporting what went wrong in two touches, and what became of it."""

from uuid import UUID

from flask import make_response, render_template, request
from werkzeug.wrappers import Response

from app.core.actor import Actor
from app.core.errors import Invalid, NotFound
from app.core.ids import parse_id
from app.domain.files import queries as files
from app.domain.messages import actions as talking
from app.domain.messages import queries as talks
from app.domain.portal import reporting
from app.portal import words
from app.portal.doors import actor, portal
from app.records import reading, registry
from app.records.record import Record
from app.ui import files as file_words
from app.ui.errors import by_field
from app.ui.http import see_other, toast
from app.ui.say import gettext as _
from app.ui.standing.words import formats

ABOUT = {"order": "orders", "delivery": "deliveries"}


@portal.get("/report/<kind>")
def report_page(kind: str) -> str:
    """The form of a report; everything in it may stay empty."""
    return _form(kind)


@portal.post("/report/<kind>")
def store_report(kind: str) -> Response:
    """Open the incident; of a delay that is known already the words become a message about it."""
    who, about = actor(), _about(actor())
    text, photos = request.form.get("description", ""), _ids("files")
    try:
        reported = reporting.report(
            who,
            kind,
            order_id=about["order"].id if "order" in about else None,
            delivery_id=about["delivery"].id if "delivery" in about else None,
            order_line_id=_line(),
            description=text,
            file_ids=photos,
        )
    except Invalid as refused:
        return make_response(_form(kind, refused), 422)
    if not reported.is_new and text.strip():
        talking.write(who, about=("incidents", reported.incident.id), body=text)
    toast(_("Thank you. We know now.") if reported.is_new else _("We knew already, and have your words."))
    return see_other(f"/incidents/{reported.incident.id}")


@portal.get("/incidents/<uuid:incident_id>")
def show_incident(incident_id: UUID) -> str:
    """One incident: what was reported, what is done, what was said."""
    who, write = actor(), formats()
    incident = reading.fetch(who, "incidents", incident_id)
    return render_template(
        "portal/incidents/page.html",
        incident=incident,
        name=words.incident_name(incident),
        done=words.done(incident, write),
        files=file_words.shown(files.of_record(who, "incidents", incident_id), write),
        talks=talks.of_record(who, "incidents", incident_id),
        write=write,
    )


@portal.get("/cases/<uuid:case_id>")
def show_case(case_id: UUID) -> str:
    """A request of the customer, and what was said about it."""
    who, write = actor(), formats()
    case = reading.fetch(who, "cases", case_id)
    labels = {each.value: each.label for each in registry.get("cases").by_name["status"].choices}
    label = labels[case["status"]]
    return render_template(
        "portal/incidents/case.html",
        case=case,
        status=_(label),
        talks=talks.of_record(who, "cases", case_id),
        write=write,
    )


def _form(kind: str, refused: Invalid | None = None) -> str:
    if kind not in reporting.KINDS:
        raise NotFound("incidents")
    labels = {each.value: each.label for each in registry.get("incidents").by_name["kind"].choices}
    about = _about(actor())
    return render_template(
        "portal/incidents/report.html",
        kind=kind,
        name=_(labels[kind]),
        about=about,
        lines=_lines(actor(), about),
        text=request.values.get("description", ""),
        errors=by_field(refused),
    )


def _about(who: Actor) -> dict[str, Record]:
    """The order or delivery that the address names; NotFound where it is not the customer's."""
    found = {}
    for name, object_name in ABOUT.items():
        if given := request.values.get(name):
            record_id = parse_id(given)
            if record_id is None:
                raise NotFound(object_name)
            found[name] = reading.fetch(who, object_name, record_id)
    if "delivery" in found and "order" not in found and found["delivery"]["order_id"]:
        found["order"] = reading.fetch(who, "orders", found["delivery"]["order_id"])
    return found


def _lines(who: Actor, about: dict[str, Record]) -> list[tuple[str, str]]:
    """The lines of the order, to choose the one that is wrong."""
    if "order" not in about:
        return []
    wanted = reading.Query(fields=("description", "product_id", "position"), count=False, limit=200)
    found = reading.related(who, "orders", about["order"].id, "lines", wanted).rows
    found.sort(key=lambda line: line["position"])
    return [(str(line.id), line["description"] or line.labels.get("product_id", "")) for line in found]


def _line() -> UUID | None:
    return parse_id(request.form.get("line", ""))


def _ids(name: str) -> list[UUID]:
    found = (parse_id(given) for given in request.form.getlist(name))
    return [each for each in found if each]
