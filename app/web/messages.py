"""Conversations with customers: the inbox, one conversation, writing, notes, whose turn it is."""

from collections.abc import Mapping, Sequence
from typing import Any, get_args
from uuid import UUID

from flask import render_template, request
from werkzeug.wrappers import Response

from app.core.actor import Actor
from app.core.errors import NotFound
from app.core.ids import parse_id
from app.domain.members import queries as members
from app.domain.messages import actions, queries
from app.domain.messages.queries import Box, Conversation
from app.domain.standing import queries as standing
from app.records import scope
from app.records.labels import titles_of
from app.ui import designed
from app.ui import messages as told
from app.ui.components import url_with
from app.ui.http import own_path, see_other, toast
from app.ui.messages import Talk
from app.ui.say import gettext as _
from app.ui.standing.bar import render
from app.ui.standing.words import formats
from app.web.doors import actor, workspace

MAY_WRITE = "messages:write"


@workspace.get("/messages")
def list_messages() -> str:
    """The inbox: who waits for us, for whom we wait, what is closed."""
    who, write = actor(), formats()
    named = request.args.get("box", "us")
    box: Box = next((each for each in get_args(Box) if each == named), "us")
    found = queries.page(who, box, request.args.get("after"))
    waiting = queries.count_waiting(who) or None
    labels = {
        "us": _("Waiting for us"),
        "customer": _("Waiting for the customer"),
        "closed": _("Closed"),
        "all": _("All"),
    }
    return render_template(
        "web/messages/list.html",
        boxes=[
            (label, url_with(box=each, after=None), each == box, waiting if each == "us" else None)
            for each, label in labels.items()
        ],
        box=box,
        talks=talks(who, found.rows),
        next=url_with(after=found.next_cursor) if found.next_cursor else None,
        previous=url_with(after=None) if request.args.get("after") else None,
        write=write,
    )


@workspace.get("/messages/<uuid:thread_id>")
def show_messages(thread_id: UUID) -> str:
    """One conversation, with how the customer stands."""
    return _page(actor(), thread_id)


@workspace.post("/messages")
def write_message() -> Response:
    """Write to a customer, or a note, about a record."""
    form = request.form
    record_id, name = parse_id(form.get("record_id", "")), form.get("object", "")
    if record_id is None or not name:
        raise NotFound("messages")
    message = _write(about=(name, record_id), contact_id=parse_id(form.get("contact_id", "")))
    return see_other(own_path(form.get("next"), f"/messages/{message}"))


@workspace.post("/messages/<uuid:thread_id>")
def answer_message(thread_id: UUID) -> Response:
    """Go on with a conversation."""
    _write(thread_id=thread_id)
    return see_other(f"/messages/{thread_id}")


@workspace.post("/messages/<uuid:thread_id>/reading")
def read_message(thread_id: UUID) -> Response:
    """What stands there is read."""
    actions.read(actor(), thread_id)
    return see_other(f"/messages/{thread_id}")


@workspace.post("/messages/<uuid:thread_id>/closing")
def close_messages(thread_id: UUID) -> Response:
    """Nothing more to say."""
    actions.close(actor(), thread_id)
    toast(_("Closed"), f"/messages/{thread_id}/reopening")
    return see_other(f"/messages/{thread_id}")


@workspace.post("/messages/<uuid:thread_id>/reopening")
def reopen_messages(thread_id: UUID) -> Response:
    """It goes on."""
    actions.reopen(actor(), thread_id)
    return see_other(f"/messages/{thread_id}")


@workspace.post("/messages/<uuid:thread_id>/owner")
def hand_over_messages(thread_id: UUID) -> Response:
    """Another member looks after it."""
    actions.hand_over(actor(), thread_id, parse_id(request.args.get("member", "")))
    return see_other(f"/messages/{thread_id}")


@workspace.get("/messages/<uuid:thread_id>/<uuid:message_id>/html")
def show_message_html(thread_id: UUID, message_id: UUID) -> Response:
    """A mail as it was designed, cleaned when it came, where nothing runs and nothing loads unasked."""
    message = queries.message(actor(), message_id)
    if message.thread_id != thread_id or not message.html:
        raise NotFound("messages")
    return designed.frame(message.html)


def talks(who: Actor, found: Sequence[Conversation]) -> list[Talk]:
    """Conversations in words, with the names of all that they mention."""
    write = formats()
    threads = [each.thread for each in found]
    contacts = titles_of(who, "contacts", {each.contact_id for each in threads if each.contact_id})
    owners = members.names({each.owner_id for each in threads if each.owner_id})
    return [told.talk(each, contacts, _titles(who, found), owners, write) for each in found]


def _titles(who: Actor, found: Sequence[Conversation]) -> Mapping[tuple[str, UUID], tuple[str, str]]:
    wanted: dict[str, set[UUID]] = {}
    for each in found:
        if each.thread.object and each.thread.record_id:
            wanted.setdefault(each.thread.object, set()).add(each.thread.record_id)
    return {
        (name, record_id): (title, f"/{name}/{record_id}")
        for name, ids in wanted.items()
        for record_id, title in titles_of(who, name, ids).items()
    }


def _write(**where: Any) -> UUID:
    form = request.form
    message = actions.write(
        actor(),
        **where,
        subject=form.get("subject", ""),
        body=form.get("body", ""),
        files=[found for found in map(parse_id, form.getlist("files")) if found],
        note="note" in form,
    )
    return message.thread_id


def _seen(who: Actor, name: str, record_id: UUID | None) -> UUID | None:
    return record_id if record_id and record_id in scope.visible(who, name, [record_id]) else None


def _page(who: Actor, thread_id: UUID) -> str:
    found = queries.thread(who, thread_id)
    thread = found.thread
    ids = (_seen(who, "companies", thread.company_id), _seen(who, "contacts", thread.contact_id))
    customer = standing.Customer(*ids)
    return render_template(
        "web/messages/page.html",
        talk=talks(who, [found])[0],
        contact_id=thread.contact_id,
        customer=" ".join(str(each) for each in ids if each),
        bar=render(standing.standing(customer, actor())) if any(ids) else "",
        may_write=MAY_WRITE in who.permissions,
        is_fresh=MAY_WRITE in who.permissions and queries.has_unread(who, found),
        members=[(each.id, each.name) for each in members.active()],
    )
