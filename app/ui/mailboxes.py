"""Mailboxes in words: how each stands, what was found, why some mails are not here."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from markupsafe import Markup, escape

from app.core.text import N_
from app.domain.mailboxes.models import MailboxItem
from app.domain.mailboxes.queries import Stranger
from app.domain.messages.models import Mailbox
from app.ui import cells
from app.ui.formats import Formats
from app.ui.say import gettext, ngettext
from app.ui.table import Column, Row, Table

STATES = {
    "draft": (N_("Not read yet"), "planned"),
    "syncing": (N_("Being read"), "planned"),
    "idle": (N_("Up to date"), "kept"),
    "paused": (N_("Paused"), ""),
    "failing": (N_("Cannot be read"), "broken"),
}
PRIVACY = (
    ("metadata", N_("Who and when"), N_("Colleagues see that there was a mail, with whom and when.")),
    ("subject", N_("Subject too"), N_("Colleagues see the subject as well.")),
    ("full", N_("Everything"), N_("Colleagues read your mails with customers.")),
)
FIGURES = (
    ("stored", N_("with customers")),
    ("unknown", N_("with people to decide about")),
    ("ignored", N_("left alone")),
    ("refused", N_("refused")),
)
REASONS = {
    "size": N_("It is too large."),
    "header": N_("Its header is too long to be a letter's."),
    "parts": N_("It has too many parts."),
    "depth": N_("Its parts lie too deep in each other."),
    "time": N_("Reading it takes too long."),
    "empty": N_("It is empty."),
    "gone": N_("It is no longer in the mailbox."),
    "unreadable": N_("It cannot be read."),
    "storing": N_("It could not be stored."),
}


@dataclass(frozen=True)
class View:
    """A mailbox as pages show it; `wrong` is a sentence where something is, `figures` are (number, words)."""

    id: UUID
    address: str
    state: str
    word: str
    shape: str
    wrong: str
    looked: str
    figures: Sequence[tuple[str, str]]
    done: int
    expected: int
    folders: Sequence[str]
    privacy: str
    privacy_word: str


def view(mailbox: Mailbox, write: Formats) -> View:
    """The mailbox in the language of the page."""
    word, shape = STATES[mailbox.state]
    counts = mailbox.counts
    done = sum(counts.get(name, 0) for name, _ in FIGURES)
    looked = write.relative(mailbox.synced_at) if mailbox.synced_at else ""
    return View(
        id=mailbox.id,
        address=mailbox.address,
        state=mailbox.state,
        word=gettext(word),
        shape=shape,
        wrong=sentence(mailbox.error),
        looked=gettext("Last looked at %(when)s", when=looked) if looked else "",
        figures=[(write.number(counts.get(name, 0)), gettext(label)) for name, label in FIGURES],
        done=done,
        expected=max(counts.get("expected", 0), done),
        folders=[place["name"] for place in mailbox.folders],
        privacy=mailbox.privacy,
        privacy_word=next(gettext(label) for value, label, _ in PRIVACY if value == mailbox.privacy),
    )


def sentence(stored: dict[str, Any] | None) -> str:
    """A sentence that was stored as msgid and data."""
    if not stored or not stored.get("message"):
        return ""
    message = stored["message"]
    return gettext(message, **stored.get("data", {}))


def privacy_options() -> list[tuple[str, str, str]]:
    """The levels with what colleagues see."""
    return [(value, gettext(label), gettext(more)) for value, label, more in PRIVACY]


def refusals(items: Sequence[MailboxItem], write: Formats) -> list[tuple[str, str, str]]:
    """When, in which folder, why: of mails that could not be stored."""
    return [
        (
            write.exact(item.sent_at) if item.sent_at else "",
            item.folder,
            gettext(REASONS.get(item.reason or "", REASONS["unreadable"])),
        )
        for item in items
    ]


def strangers(people: Sequence[Stranger], write: Formats) -> Table:
    """Who waits for a decision."""
    columns = [
        Column("who", gettext("Person"), pinned=True),
        Column("subject", gettext("Last mail")),
        Column("mails", gettext("Mails"), "number"),
        Column("latest", gettext("When"), "datetime"),
    ]
    return Table("people", gettext("People to decide about"), columns, [_row(each, write) for each in people])


def _row(each: Stranger, write: Formats) -> Row:
    named = each.name or each.address
    below = each.address if each.name else ""
    who = Markup("<strong><bdi>{}</bdi></strong>").format(named)
    if below:
        who += Markup(' <span class="muted"><bdi>{}</bdi></span>').format(below)
    mails = ngettext("%(num)s mail", "%(num)s mails", each.mails)
    if each.sent:
        mails = gettext("%(mails)s, %(sent)s by you", mails=mails, sent=write.number(each.sent))
    return Row(
        id=each.address,
        name=named,
        href="",
        cells=[
            who,
            escape(each.subject or gettext("(no subject)")),
            escape(mails),
            cells.brief(each.latest_at, write) if each.latest_at else Markup(""),
        ],
    )


def delivery(data: dict[str, Any]) -> tuple[str, str]:
    """What became of a mail sent from a mailbox, and the shape of it."""
    told = data.get("delivery") or {}
    match told.get("state"):
        case "sent":
            return gettext("Sent by e-mail"), ""
        case "queued" | "sending":
            return gettext("On its way"), ""
        case "failed":
            return gettext("Not sent: %(why)s", why=sentence(told)), "broken"
        case "uncertain":
            return gettext("Perhaps not sent: %(why)s", why=sentence(told)), "risk"
    return "", ""
