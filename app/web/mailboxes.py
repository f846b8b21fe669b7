"""A member's mailboxes: connecting, choosing what is read, how it stands, taking it away."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from flask import make_response, render_template, request
from werkzeug.wrappers import Response

from app.core.clock import now
from app.core.errors import Invalid
from app.core.permissions import require
from app.domain.calendar import queries as calendars
from app.domain.mailboxes import actions, connecting, queries
from app.domain.mailboxes.folders import Counted, Place
from app.domain.messages.models import Mailbox
from app.ui import mailboxes as words
from app.ui.errors import by_field, say
from app.ui.http import see_other, toast
from app.ui.marks import always
from app.ui.say import gettext as _
from app.ui.standing.words import formats
from app.web.doors import actor, workspace

KINDS, SERVER = ("imap", "smtp"), ("host", "port", "security")
USUAL_SPAN = timedelta(days=365)
TYPED = ("address", "username", *(f"{kind}_{name}" for kind in KINDS for name in SERVER))


@workspace.get("/mailboxes")
def list_mailboxes() -> str:
    """One's own mailboxes and how they stand."""
    write = formats()
    return render_template(
        "web/mailboxes/list.html",
        crumbs=[(_("Settings"), "/settings"), (_("Mailboxes"), None)],
        mailboxes=[words.view(each, write) for each in queries.own(actor())],
        waiting=queries.waiting(actor()),
        decided=queries.decided(actor()),
    )


@workspace.get("/mailboxes/new")
def new_mailbox() -> str:
    """Where the address and the password are typed."""
    require(actor(), "mailboxes:use")
    return _connect_page({})


@workspace.post("/mailboxes")
def connect_mailbox() -> Response:
    """Try the login at once; what is connected is chosen from next."""
    require(actor(), "mailboxes:use")
    form = request.form
    guessing = not (form.get("imap_host") or form.get("smtp_host"))
    try:
        mailbox = connecting.connect(actor(), connecting.login_from(form), guessing=guessing)
    except Invalid as refused:
        return make_response(_connect_page({name: form.get(name, "") for name in TYPED}, refused), 422)
    return see_other(f"/mailboxes/{mailbox.id}/folders")


@workspace.get("/mailboxes/<uuid:mailbox_id>")
def show_mailbox(mailbox_id: UUID) -> str:
    """One mailbox: how it stands, what it shows, its login."""
    return _mailbox_page(queries.one(actor(), mailbox_id))


@workspace.get("/mailboxes/<uuid:mailbox_id>/progress")
def mailbox_progress(mailbox_id: UUID) -> str:
    """How far reading has come; asked for again while it goes on."""
    mailbox = queries.one(actor(), mailbox_id)
    return render_template("web/mailboxes/_state.html", mailbox=words.view(mailbox, formats()))


@workspace.get("/mailboxes/<uuid:mailbox_id>/folders")
def offer_folders(mailbox_id: UUID) -> str:
    """The folders with how much lies in each since a day; nothing is read for it."""
    mailbox = queries.one(actor(), mailbox_id)
    return _folders_page(mailbox, _start(request.args.get("start"), mailbox))


@workspace.post("/mailboxes/<uuid:mailbox_id>/folders")
def choose_folders(mailbox_id: UUID) -> Response:
    """Read these from that day on."""
    form, mailbox = request.form, queries.one(actor(), mailbox_id)
    start = _start(form.get("start"), mailbox)
    try:
        names, privacy = form.getlist("folder"), form.get("privacy", "metadata")
        actions.choose(actor(), mailbox_id, names, start, privacy)
    except Invalid as refused:
        return make_response(_folders_page(mailbox, start, refused), 422)
    return see_other(f"/mailboxes/{mailbox_id}")


@workspace.post("/mailboxes/<uuid:mailbox_id>/privacy")
def show_more_or_less(mailbox_id: UUID) -> Response:
    """What colleagues see of its mails."""
    actions.show(actor(), mailbox_id, request.form.get("privacy", ""))
    toast(_("Saved. It holds for the mails of before as well."))
    return see_other(f"/mailboxes/{mailbox_id}")


@workspace.post("/mailboxes/<uuid:mailbox_id>/pause")
@always
def pause_mailbox(mailbox_id: UUID) -> Response:
    """Read nothing more for now."""
    actions.pause(actor(), mailbox_id)
    return see_other(f"/mailboxes/{mailbox_id}")


@workspace.post("/mailboxes/<uuid:mailbox_id>/resumption")
def resume_mailbox(mailbox_id: UUID) -> Response:
    """Go on reading, at once."""
    actions.resume(actor(), mailbox_id)
    return see_other(f"/mailboxes/{mailbox_id}")


@workspace.post("/mailboxes/<uuid:mailbox_id>/login")
def change_mailbox_login(mailbox_id: UUID) -> Response:
    """Another password, or other servers."""
    mailbox = queries.one(actor(), mailbox_id)
    try:
        login = connecting.login_from({**_servers(mailbox), **request.form, "address": mailbox.address})
        connecting.reconnect(actor(), mailbox_id, login)
    except Invalid as refused:
        return make_response(_mailbox_page(mailbox, refused), 422)
    toast(_("The mailbox lets Kith in again."))
    return see_other(f"/mailboxes/{mailbox_id}")


@workspace.post("/mailboxes/<uuid:mailbox_id>/removal")
@always
def disconnect_mailbox(mailbox_id: UUID) -> Response:
    """Forget the mailbox; its mails stay or go, as was asked."""
    mailbox = queries.one(actor(), mailbox_id)
    erases = request.form.get("stored") == "erase"
    actions.disconnect(actor(), mailbox_id, "erase" if erases else "keep")
    toast(_("%(address)s is disconnected and its password forgotten.", address=mailbox.address))
    return see_other("/mailboxes")


def _connect_page(typed: dict[str, str], refused: Invalid | None = None) -> str:
    errors = by_field(refused)
    return render_template(
        "web/mailboxes/new.html",
        crumbs=[(_("Mailboxes"), "/mailboxes"), (_("Connect a mailbox"), None)],
        typed=typed,
        errors=errors,
        shows_servers=any(typed.get(name) for name in TYPED[1:]) or any("_host" in path for path in errors),
    )


def _mailbox_page(mailbox: Mailbox, refused: Invalid | None = None) -> str:
    write = formats()
    return render_template(
        "web/mailboxes/page.html",
        crumbs=[(_("Mailboxes"), "/mailboxes"), (mailbox.address, None)],
        mailbox=words.view(mailbox, write),
        start=write.day(mailbox.start_on) if mailbox.start_on else "",
        privacies=words.privacy_options(),
        refusals=words.refusals(queries.refused(mailbox), write),
        typed={**_servers(mailbox), "username": mailbox.username},
        errors=by_field(refused),
    )


def _folders_page(mailbox: Mailbox, start: date, refused: Invalid | None = None) -> str:
    told = say(refused.problems[0]) if refused else ""
    folders: list[Counted] = []
    try:
        folders = actions.look(actor(), mailbox.id, start)
    except Invalid as unreachable:
        told = say(unreachable.problems[0])
    chosen = {Place.from_json(each).name for each in mailbox.folders}
    return render_template(
        "web/mailboxes/folders.html",
        crumbs=[(_("Mailboxes"), "/mailboxes"), (mailbox.address, None)],
        mailbox=words.view(mailbox, formats()),
        start=start,
        folders=[(each, each.name in chosen if chosen else each.is_wanted) for each in folders],
        privacies=words.privacy_options(),
        write=formats(),
        told=told,
    )


def _servers(mailbox: Mailbox) -> dict[str, Any]:
    return {
        f"{kind}_{name}": str(server[name])
        for kind, server in (("imap", mailbox.imap), ("smtp", mailbox.smtp))
        for name in SERVER
    }


def _start(written: str | None, mailbox: Mailbox) -> date:
    """The day that was asked for; else the one chosen before, else a year back."""
    today = calendars.current().day_of(now())
    try:
        asked = date.fromisoformat(written or "")
    except ValueError:
        asked = mailbox.start_on or today - USUAL_SPAN
    return min(max(asked, date(1990, 1, 1)), today)
