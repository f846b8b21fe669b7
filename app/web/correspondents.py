"""Strangers who write: one decides about them, one or many at once."""

from flask import render_template, request
from werkzeug.wrappers import Response

from app.core.errors import Invalid
from app.domain.mailboxes import queries, review
from app.ui import mailboxes as words
from app.ui.errors import say
from app.ui.http import see_other, toast
from app.ui.say import gettext as _
from app.ui.say import ngettext
from app.ui.standing.words import formats
from app.web.doors import actor, workspace

PEOPLE = "/mailboxes/people"


@workspace.get("/mailboxes/people")
def list_strangers() -> str:
    """Who writes and is nobody's contact."""
    people = queries.strangers(actor())
    return render_template(
        "web/mailboxes/people.html",
        crumbs=[(_("Mailboxes"), "/mailboxes"), (_("New people"), None)],
        table=words.strangers(people, formats()),
        number=queries.waiting(actor()),
        has_mailbox=bool(queries.own(actor())),
    )


@workspace.post("/mailboxes/people/contacts")
def accept_strangers() -> Response:
    """Make contacts of them."""
    made = review.accept(actor(), _addresses())
    toast(ngettext("%(num)s contact; the mails follow.", "%(num)s contacts; their mails follow.", len(made)))
    return see_other(PEOPLE)


@workspace.post("/mailboxes/people/ignored")
def ignore_strangers() -> Response:
    """Ask no more about them."""
    told = _addresses()
    review.ignore(actor(), told)
    toast(ngettext("%(num)s address is ignored.", "%(num)s addresses are ignored.", len(told)))
    return see_other(PEOPLE)


@workspace.post("/mailboxes/people/blocked")
def block_strangers() -> Response:
    """Take nothing more from them, or with `domain` from everybody there."""
    told = _addresses()
    try:
        review.block(actor(), told, whole_domain="domain" in request.args)
    except Invalid as refused:
        toast(say(refused.problems[0]), broken=True)
        return see_other(PEOPLE)
    toast(ngettext("%(num)s address is blocked.", "%(num)s addresses are blocked.", len(told)))
    return see_other(PEOPLE)


@workspace.post("/mailboxes/people/reconsidered")
def reconsider_stranger() -> Response:
    """Take a decision back."""
    address = request.form.get("address", "")
    review.reconsider(actor(), address)
    toast(_("%(address)s may write again.", address=address))
    return see_other("/mailboxes")


def _addresses() -> list[str]:
    return [each for each in request.form.get("ids", "").split(",") if each]
