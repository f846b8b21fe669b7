"""Conversations in words: who wrote what when, and what became of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from markupsafe import Markup

from app.core.clock import now
from app.domain.messages.models import Message, Thread
from app.domain.messages.queries import Conversation, Shown
from app.ui import cells, files, mailboxes
from app.ui.formats import Formats
from app.ui.say import gettext

Side = Literal["theirs", "ours", "note"]
_SIDES: dict[str, Side] = {"in": "theirs", "out": "ours", "internal": "note"}


@dataclass(frozen=True)
class Line:
    """One message as it is drawn; `state` is the shape of `told`, which says what became of it.

    `warning` tells what is to be doubted, `hidden` why there are no words, `html` where the mail's HTML is,
    `again` where it is sent once more. `elsewhere` names what stayed in the mailbox: (name, size, icon).
    """

    id: UUID
    side: Side
    author: str
    when: Markup
    subject: str
    body: str
    quoted: str
    hidden: str
    told: str
    state: str
    warning: str
    by_mail: bool
    html: str
    files: Sequence[files.Shown]
    elsewhere: Sequence[tuple[str, str, str]]
    again: str


@dataclass(frozen=True)
class Talk:
    """A conversation as pages list it."""

    id: UUID
    subject: str
    who: str
    about: str
    about_href: str
    owner: str
    is_open: bool
    awaits: str
    pill: str
    pill_state: str
    excerpt: str
    at: datetime | None
    lines: Sequence[Line]


def talk(
    found: Conversation,
    names: Mapping[UUID, str],
    titles: Mapping[tuple[str, UUID], tuple[str, str]],
    owners: Mapping[UUID, str],
    write: Formats,
) -> Talk:
    """The conversation in words; the mappings name contacts, records (with their addresses) and members."""
    thread = found.thread
    about = titles.get((thread.object or "", thread.record_id or thread.id), ("", ""))
    lines = [line(one, write) for one in found.messages]
    last = next((one for one in reversed(lines) if one.side != "note"), None)
    told, state = pill(thread, write)
    return Talk(
        id=thread.id,
        subject=thread.subject,
        who=names.get(thread.contact_id, "") if thread.contact_id else "",
        about=about[0],
        about_href=about[1],
        owner=owners.get(thread.owner_id, "") if thread.owner_id else "",
        is_open=thread.state == "open",
        awaits=thread.awaits,
        pill=told,
        pill_state=state,
        excerpt=excerpt((last.body or last.hidden) if last else ""),
        at=thread.last_message_at,
        lines=lines,
    )


def line(one: Shown, write: Formats) -> Line:
    """One message in words."""
    message = one.message
    told, state = _became(one, write)
    return Line(
        id=message.id,
        side=_SIDES[message.direction],
        author=one.author or gettext("Kith"),
        when=cells.brief(message.sent_at, write),
        subject=one.subject,
        body=one.body,
        quoted=str(message.data.get("quoted", "")) if not one.hidden else "",
        hidden=_hidden(one.hidden),
        told=told,
        state=state,
        warning=_warning(one),
        by_mail=message.kind == "mail",
        html=f"/messages/{message.thread_id}/{message.id}/html" if one.html else "",
        files=files.shown(one.files, write),
        elsewhere=[] if one.hidden else _elsewhere(message, write),
        again=f"/mailboxes/mails/{message.id}/attempts" if one.may_send_again else "",
    )


def pill(thread: Thread, write: Formats) -> tuple[str, str]:
    """Whose turn it is, in two or three words, with the shape of that promise."""
    if thread.state == "closed":
        return gettext("closed"), ""
    if thread.awaits == "customer":
        return gettext("waiting for the customer"), ""
    if thread.awaits != "us" or thread.awaits_since is None:
        return "", ""
    is_late = thread.answer_due_at is not None and thread.answer_due_at <= now()
    since = write.relative(thread.awaits_since)
    return gettext("waits for us, %(since)s", since=since), "broken" if is_late else "risk"


def excerpt(text: str, most: int = 140) -> str:
    """The first words in one line."""
    words = " ".join(text.split())
    return words if len(words) <= most else f"{words[: most - 1]}…"


def _became(one: Shown, write: Formats) -> tuple[str, str]:
    if one.message.direction == "internal":
        return gettext("Only we see this"), ""
    if one.message.direction == "in":
        return "", ""
    if "delivery" in one.message.data:
        return mailboxes.delivery(one.message.data)
    if one.carried and one.carried.state == "failed":
        error = one.carried.error or ""
        return gettext("Not delivered: %(why)s", why=gettext(error)), "broken"
    if one.read_at:
        return gettext("Read %(when)s", when=write.relative(one.read_at)), "kept"
    if one.carried and one.carried.state == "sent":
        return gettext("Delivered by e-mail"), ""
    if one.carried and one.carried.state == "withheld":
        return gettext("Not mailed: the address gets no mail from us. It stands in the portal."), "risk"
    if one.carried:
        return gettext("On its way"), ""
    return (gettext("In the portal") if one.message.kind == "portal" else ""), ""


def _elsewhere(message: Message, write: Formats) -> list[tuple[str, str, str]]:
    """What hangs on a mail that a mailbox brought: its bytes are not taken."""
    return [
        (
            each["name"] or gettext("File"),
            gettext("%(size)s, in the mailbox", size=files.size_in_words(each["size"], write)),
            files.icon_of(each["name"], each["type"]),
        )
        for each in message.data.get("attachments", ())
    ]


def _hidden(kept_back: str) -> str:
    if not kept_back:
        return ""
    return gettext("Only the owner of the mailbox reads this mail.")


def _warning(one: Shown) -> str:
    data = one.message.data
    if data.get("unverified"):
        sender = one.message.sender or "?"
        return gettext("Sent from %(address)s, which is not the contact's address", address=sender)
    if data.get("automatic"):
        return gettext("Sent by a machine, not by a person")
    left_out = data.get("left_out")
    if left_out:
        return gettext("Files that were not kept: %(names)s", names=", ".join(map(str, left_out)))
    return ""
