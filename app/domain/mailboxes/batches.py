"""Mails of a folder, many at once: headers in one answer, people in one statement, bodies of who is known."""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from app.core import mime
from app.core.ids import new_id
from app.core.imap import FAILURES, LOST, Head, Session
from app.domain.mailboxes import people, storing
from app.domain.mailboxes.models import MailboxItem
from app.domain.mailboxes.people import Ours
from app.domain.mailboxes.reading import MOST_SUBJECT, Met, met
from app.domain.mailboxes.rules import Verdict, verdict
from app.domain.mailboxes.storing import Found
from app.domain.messages.models import Mailbox
from tenants.session import session

T = TypeVar("T")

log = logging.getLogger("kith.mail")

# Of a larger mail the beginning is fetched: its text stands before what is attached.
MOST_BYTES = 2 * 1024 * 1024
AT_ONCE_BYTES = 8 * 1024 * 1024
MOST_PARTICIPANTS = 50


@dataclass(frozen=True)
class Item:
    """One mail of the batch: met or refused with a reason, and what becomes of it."""

    uid: int
    head: Head
    met: Met | None
    verdict: Verdict
    message_id: UUID | None = None


@dataclass
class Batch:
    """Reads mails of one folder that is open in `opened`."""

    mailbox: Mailbox
    ours: Ours
    opened: Session
    folder: str
    uidvalidity: int

    def read(self, uids: Sequence[int]) -> None:
        """Meet these mails: each becomes one item, and a message where somebody is known."""
        self._keep(self._judged(uids))

    def read_again(self, uids: Sequence[int]) -> None:
        """Meet mails anew that waited for somebody to be known; what is gone meanwhile is refused."""
        items = list(self._judged(uids))
        session.execute(
            delete(MailboxItem).where(
                MailboxItem.mailbox_id == self.mailbox.id,
                MailboxItem.folder == self.folder,
                MailboxItem.uidvalidity == self.uidvalidity,
                MailboxItem.uid.in_(uids),
            )
        )
        self._keep(items)

    def _judged(self, uids: Sequence[int]) -> list[Item]:
        heads = _each(self.opened.heads, uids, Head(b"", 0, None))
        read = {uid: _met(head, self.ours) for uid, head in heads.items()}
        addresses = {
            address for each in read.values() if isinstance(each, Met) for address in each.envelope.others
        }
        known = people.known(addresses, self.mailbox.member_id)
        return [
            Item(uid, heads[uid], each, verdict(each.envelope, known, self.ours.domains))
            if isinstance(each, Met)
            else Item(uid, heads[uid], None, Verdict("refused", each))
            for uid, each in read.items()
        ]

    def _keep(self, items: Sequence[Item]) -> None:
        for some in self._bites(items):
            try:
                with session.begin_nested():
                    self._store(some, self._contents(some))
            except DBAPIError as error:
                if error.connection_invalidated or len(some) == 0:
                    raise
                self._one_by_one(some)

    def _one_by_one(self, items: Sequence[Item]) -> None:
        """Some mail of these cannot be stored: find it, and let the others in."""
        contents = self._contents(items)
        for item in items:
            try:
                with session.begin_nested():
                    self._store([item], contents)
            except SQLAlchemyError:
                log.exception("mail %s of mailbox %s cannot be stored", item.uid, self.mailbox.id)
                self._store([_refused(item, "storing")], {})

    def _bites(self, items: Sequence[Item]) -> Iterator[list[Item]]:
        """The items in portions whose contents fit into the memory."""
        bite: list[Item] = []
        size = 0
        for item in items:
            bite.append(item)
            size += min(item.head.size, MOST_BYTES) if item.verdict.state == "stored" else 0
            if size > AT_ONCE_BYTES:
                yield bite
                bite, size = [], 0
        if bite:
            yield bite

    def _contents(self, items: Sequence[Item]) -> Mapping[int, bytes]:
        wanted = [item.uid for item in items if item.verdict.state == "stored"]
        return _each(lambda uids: self.opened.contents(uids, MOST_BYTES), wanted, b"") if wanted else {}

    def _store(self, items: Sequence[Item], contents: Mapping[int, bytes]) -> None:
        found: dict[int, Found] = {}
        settled: list[Item] = []
        for item in items:
            each = _found(item, contents.get(item.uid, b"")) if item.verdict.state == "stored" else None
            if isinstance(each, str):
                settled.append(_refused(item, each))
                continue
            settled.append(item)
            if each is not None:
                found[item.uid] = each
        messages = storing.store(self.mailbox, self.ours, list(found.values())) if found else {}
        rows = [self._row(item, messages) for item in settled]
        session.execute(insert(MailboxItem).on_conflict_do_nothing(), rows)

    def _row(self, item: Item, messages: Mapping[str, UUID]) -> dict[str, Any]:
        judged, told = item.verdict, item.met
        waits = judged.state == "unknown" or judged.reason == "ignored"
        mail_id = told.envelope.mail_id if told else None
        return {
            "id": new_id(),
            "mailbox_id": self.mailbox.id,
            "folder": self.folder,
            "uidvalidity": self.uidvalidity,
            "uid": item.uid,
            "mail_id": mail_id,
            "state": judged.state,
            "reason": judged.reason or None,
            "message_id": messages.get(mail_id) if mail_id and judged.state == "stored" else None,
            "direction": told.envelope.direction if told else "in",
            # Of a mail that concerns nobody here nothing is kept but that it was met.
            "correspondent": judged.correspondent if waits else None,
            "correspondent_name": _name(item) if waits else None,
            "participants": list(told.envelope.others)[:MOST_PARTICIPANTS] if told and waits else [],
            "subject": told.mail.subject[:MOST_SUBJECT] if told and judged.state == "unknown" else "",
            "sent_at": _sent_at(item),
        }


def _each(fetch: Callable[[Sequence[int]], dict[int, T]], uids: Sequence[int], nothing: T) -> dict[int, T]:
    """What `fetch` answers for all at once; where one answer makes no sense, each for itself."""
    try:
        return fetch(uids)
    except LOST:
        raise
    except FAILURES:
        if len(uids) == 1:
            return {uids[0]: nothing}
    found: dict[int, T] = {}
    for uid in uids:
        found |= _each(fetch, [uid], nothing)
    return found


def _met(head: Head, ours: Ours) -> Met | str:
    try:
        return met(head, ours.members)
    except mime.Refused as refused:
        return refused.reason
    except Exception:
        # Whatever a stranger sends, it costs one mail and not the mailbox.
        log.exception("the header of a mail cannot be read")
        return "unreadable"


def _found(item: Item, content: bytes) -> Found | str:
    """The mail with its contents, or why it is refused."""
    assert item.met is not None, "only what was met is stored"
    if not content:
        return "gone"
    try:
        mail = mime.parse(content)
    except mime.Refused as refused:
        return refused.reason
    except Exception:
        log.exception("a mail cannot be read")
        return "unreadable"
    return Found(item.met, item.verdict, mail, cut=item.head.size > MOST_BYTES)


def _refused(item: Item, reason: str) -> Item:
    return Item(item.uid, item.head, item.met, Verdict("refused", reason))


def _name(item: Item) -> str | None:
    if item.met is None or item.verdict.correspondent is None:
        return None
    return item.met.names.get(item.verdict.correspondent)


def _sent_at(item: Item) -> datetime | None:
    return item.met.sent_at if item.met else item.head.received_at
