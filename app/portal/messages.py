"""A customer's conversations: read, write, answer, with files."""

from collections.abc import Sequence
from uuid import UUID

from flask import make_response, render_template, request
from werkzeug.wrappers import Response

from app.core.errors import Invalid
from app.core.ids import parse_id
from app.domain.messages import actions, queries, unread
from app.portal import words
from app.portal.doors import actor, portal
from app.ui.errors import by_field
from app.ui.http import own_path, see_other
from app.ui.standing.words import formats


@portal.get("/messages")
def list_messages() -> str:
    """All conversations, the latest first."""
    found = queries.of_customer(actor())
    return render_template(
        "portal/messages/list.html",
        talks=found,
        fresh=unread.unread(actor(), [each.thread.id for each in found]),
        write=formats(),
    )


@portal.get("/messages/new")
def new_message() -> str:
    """Begin a conversation."""
    return _new()


@portal.post("/messages")
def write_message() -> Response:
    """Write: into a conversation, about a record, or anew."""
    form = request.form
    try:
        written = actions.write(
            actor(),
            thread_id=parse_id(form.get("thread", "")),
            about=_about(),
            subject=form.get("subject", ""),
            body=form.get("body", ""),
            files=_ids(form.getlist("files")),
        )
    except Invalid as refused:
        return make_response(_new(refused), 422)
    return see_other(own_path(form.get("next"), f"/messages/{written.thread_id}"))


@portal.get("/messages/<uuid:thread_id>")
def show_messages(thread_id: UUID) -> str:
    """One conversation."""
    found = queries.thread(actor(), thread_id)
    about = found.thread
    return render_template(
        "portal/messages/page.html",
        talk=found,
        is_fresh=thread_id in unread.unread(actor(), [thread_id]),
        about=words.href(about.object, about.record_id) if about.object and about.record_id else None,
        write=formats(),
    )


@portal.post("/messages/<uuid:thread_id>/read")
def read_messages(thread_id: UUID) -> Response:
    """What stands there is read."""
    actions.read(actor(), thread_id)
    return see_other(f"/messages/{thread_id}")


def _new(refused: Invalid | None = None) -> str:
    form = request.form
    return render_template(
        "portal/messages/new.html",
        subject=form.get("subject", ""),
        body=form.get("body", ""),
        errors=by_field(refused),
    )


def _about() -> tuple[str, UUID] | None:
    record_id = parse_id(request.form.get("record", ""))
    name = request.form.get("object", "")
    return (name, record_id) if record_id and name in words.LINKED else None


def _ids(given: Sequence[str]) -> list[UUID]:
    return [found for found in (parse_id(each) for each in given) if found]
