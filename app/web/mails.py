"""Writing a mail from a record, by one's own mailbox."""

from uuid import UUID

from flask import make_response, render_template, request
from werkzeug.wrappers import Response

from app.core.errors import Invalid, NotFound
from app.core.ids import parse_id
from app.core.permissions import require
from app.domain.mailboxes import queries, sending
from app.domain.messages import queries as messages
from app.records import reading
from app.ui.errors import by_field
from app.ui.http import see_other, toast
from app.ui.say import gettext as _
from app.web.doors import actor, workspace


@workspace.get("/mailboxes/mails/new")
def new_mail() -> str:
    """A mail to a contact, from one's own mailbox."""
    require(actor(), "mailboxes:use")
    contact_id = parse_id(request.args.get("contact", ""))
    if contact_id is None:
        raise NotFound("contacts")
    return _page(contact_id)


@workspace.post("/mailboxes/mails")
def send_mail() -> Response:
    """Send it; it stands in the conversation at once."""
    form = request.form
    contact_id, mailbox_id = parse_id(form.get("contact", "")), parse_id(form.get("mailbox", ""))
    if contact_id is None or mailbox_id is None:
        raise NotFound("contacts")
    files = [found for each in form.getlist("files") if (found := parse_id(each))]
    try:
        message = sending.send(
            actor(),
            contact_id,
            mailbox_id=mailbox_id,
            subject=form.get("subject", ""),
            body=form.get("body", ""),
            thread_id=parse_id(form.get("thread", "")),
            files=files,
        )
    except Invalid as refused:
        return make_response(_page(contact_id, refused), 422)
    toast(_("The mail is on its way."))
    return see_other(f"/messages/{message.thread_id}")


@workspace.post("/mailboxes/mails/<uuid:message_id>/attempts")
def send_mail_again(message_id: UUID) -> Response:
    """Another try for one that did not go out."""
    message = sending.again(actor(), message_id)
    toast(_("The mail is on its way."))
    return see_other(f"/messages/{message.thread_id}")


def _page(contact_id: UUID, refused: Invalid | None = None) -> str:
    who = actor()
    contact = reading.fetch(who, "contacts", contact_id)
    thread_id = parse_id(request.values.get("thread", ""))
    thread = messages.get(who, thread_id) if thread_id else None
    return render_template(
        "web/mailboxes/mail.html",
        crumbs=[
            (_("Contacts"), "/contacts"),
            (contact.title, f"/contacts/{contact_id}"),
            (_("Write a mail"), None),
        ],
        contact=contact,
        mailboxes=(found := queries.sendable(who)),
        choices=[(each.id, each.address) for each in found],
        thread=thread,
        typed=request.form,
        errors=by_field(refused),
    )
