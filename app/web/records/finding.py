"""Finding records: the command menu and the choices of a relation."""

from uuid import UUID

from flask import Response, get_template_attribute, jsonify, request
from markupsafe import Markup

from app.core.actor import Actor
from app.core.errors import NotFound
from app.core.ids import parse_id
from app.domain.messages import finding as messages
from app.records import finding, reading, registry
from app.records.options import options
from app.ui.finding import query
from app.ui.marking import marked
from app.ui.say import gettext as _
from app.web.doors import actor, workspace

LONGEST = 200
MOST = 20
TALK = "messages-square"

Found = tuple[Markup, Markup, str, str]


@workspace.get("/find")
def find() -> str:
    """Records that fit what was typed, by object, for the command menu's frame."""
    text = request.args.get("q", "")[:LONGEST]
    groups: dict[str, list[Found]] = {}
    for hit in finding.find(actor(), text, MOST):
        described = registry.get(hit.object)
        address = f"/{hit.object}/{hit.record_id}"
        plural = _(described.plural)
        group = _("Similar: %(objects)s", objects=plural) if hit.is_similar else plural
        found = (marked(hit.title, text), marked(hit.subtitle, text), address, described.icon)
        groups.setdefault(group, []).append(found)
    talks = messages.find(actor(), text)
    if talks:
        groups[_("Messages")] = [
            (marked(one.title, text), marked(one.subtitle, text), f"/messages/{one.thread_id}", TALK)
            for one in talks
        ]
    draw = get_template_attribute("components/command.html", "find_results")
    return str(draw(list(groups.items()), _all(text.strip())))


def _all(text: str) -> tuple[str, str] | None:
    """The words and the address of everything that fits."""
    return (_("See all results for “%(text)s”", text=text), query("/search", q=text)) if text else None


@workspace.get("/options/<target>")
def choices(target: str) -> Response:
    """What a relation may point to, best first: JSON [{value, label, hint}]."""
    text = request.args.get("q", "")[:LONGEST]
    found = options(actor(), target, text)
    return jsonify([{"value": str(one.id), "label": one.label, "hint": one.hint} for one in found])


def title_of(who: Actor, object_name: str, record_id: str | UUID) -> str:
    """What the record is called, or nothing where there is none to see."""
    known = record_id if isinstance(record_id, UUID) else parse_id(record_id)
    try:
        return reading.fetch(who, object_name, known).title if known else ""
    except NotFound:
        return ""
