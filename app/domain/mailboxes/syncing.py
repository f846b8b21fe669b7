"""One slice of reading a mailbox: bounded in time, one transaction, the next goes on where it stopped."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import case, delete, func, select, update

from app.core.clock import now
from app.core.errors import Conflict
from app.core.imap import FAILURES, LOST, Session
from app.core.mailserver import Faulty
from app.core.queue import enqueue
from app.core.text import N_
from app.domain.jobs.slices import Budget
from app.domain.mailboxes import people, rules, telling
from app.domain.mailboxes.batches import Batch
from app.domain.mailboxes.folders import Place
from app.domain.mailboxes.models import MailboxItem
from app.domain.mailboxes.opening import inbox
from app.domain.messages.models import Mailbox
from tenants.session import session

Told = Mapping[str, Any]
"""A sentence as it is stored: an English msgid and what fills it."""

JOB = "mailboxes.sync"
SLICE_SECONDS = 4.0
# Statements stay few, and what a crash costs small.
BATCH = 100
GONE = N_("The folder %(name)s is no longer there.")
MOVED_ON = N_("This mailbox was changed meanwhile.")


def key(mailbox_id: UUID) -> str:
    """The name of the timer of a mailbox."""
    return f"mailbox:{mailbox_id}"


def stage(mailbox_id: UUID, after: timedelta = timedelta(0)) -> None:
    """Let the mailbox be looked at after a while, in place of what was planned."""
    enqueue(JOB, {"mailbox_id": str(mailbox_id)}, queue="mail", due_at=now() + after, key=key(mailbox_id))


def advance(mailbox_id: UUID) -> None:
    """Read some more of the mailbox and stage what follows: the next slice, or the next look."""
    mailbox = session.get(Mailbox, mailbox_id)
    if mailbox is None or mailbox.removed_at is not None or mailbox.state in {"draft", "paused"}:
        return
    look = _Look(mailbox)
    fault: Faulty | None = None
    try:
        with inbox(mailbox, SLICE_SECONDS * 10) as opened:
            look.run(opened)
    except Faulty as found:
        fault = found
    _write(mailbox, look, fault)


class _Look:
    """One slice: folder after folder, the newest mails first, then those whose sender became known."""

    def __init__(self, mailbox: Mailbox) -> None:
        self.mailbox = mailbox
        self.places = [Place.from_json(each) for each in mailbox.folders]
        self.more = False
        self.waiting = 0
        self.told: Told | None = None
        self._batches = 0
        self._budget = Budget(SLICE_SECONDS)
        self._ours = people.ours()

    def run(self, opened: Session) -> None:
        """Read until nothing is left or the time is up; something is read however slow the server is."""
        self._budget = Budget(SLICE_SECONDS)
        for position, place in enumerate(self.places):
            self.places[position] = self._folder(opened, place)
        if not self.more:
            self._anew(opened)

    def _folder(self, opened: Session, place: Place) -> Place:
        try:
            return self._read(opened, place)
        except LOST:
            raise
        except FAILURES:
            self.told = self.told or {"message": GONE, "data": {"name": place.name}}
            return place

    def _read(self, opened: Session, place: Place) -> Place:
        if place.complete:
            status = opened.status(place.name)
            if (status.uidvalidity, status.uidnext) == (place.uidvalidity, place.next_uid):
                return place
        status = opened.open(place.name)
        if status.uidvalidity != place.uidvalidity:
            place = self._renumbered(place, status.uidvalidity)
        uids = opened.since(self.mailbox.start_on, place.next_uid if place.complete else 1)
        left = sorted(set(uids) - self._met(place), reverse=True)
        batch = Batch(self.mailbox, self._ours, opened, place.name, place.uidvalidity)
        for start in range(0, len(left), BATCH):
            if self._is_over():
                self.waiting += len(left) - start
                return place
            batch.read(left[start : start + BATCH])
        return replace(place, complete=True, next_uid=status.uidnext)

    def _is_over(self) -> bool:
        self._batches += 1
        self.more = self.more or (self._batches > 1 and self._budget.is_spent())
        return self.more

    def _renumbered(self, place: Place, uidvalidity: int) -> Place:
        """The server gave its mails new numbers: all are met again, and known again by their Message-IDs."""
        session.execute(
            delete(MailboxItem).where(
                MailboxItem.mailbox_id == self.mailbox.id,
                MailboxItem.folder == place.name,
                MailboxItem.uidvalidity != uidvalidity,
            )
        )
        return replace(place, uidvalidity=uidvalidity, next_uid=1, complete=False)

    def _met(self, place: Place) -> set[int]:
        statement = select(MailboxItem.uid).where(
            MailboxItem.mailbox_id == self.mailbox.id,
            MailboxItem.folder == place.name,
            MailboxItem.uidvalidity == place.uidvalidity,
            MailboxItem.uid >= (place.next_uid if place.complete else 1),
        )
        return set(session.scalars(statement))

    def _anew(self, opened: Session) -> None:
        """Mails that waited and whose people are contacts by now."""
        for place, uids in _now_known(self.mailbox, self.places):
            if self._is_over():
                return
            opened.open(place.name)
            batch = Batch(self.mailbox, self._ours, opened, place.name, place.uidvalidity)
            batch.read_again(uids[:BATCH])
            self.more = self.more or len(uids) > BATCH


def _now_known(mailbox: Mailbox, places: Sequence[Place]) -> Iterator[tuple[Place, list[int]]]:
    for place in places:
        rows = session.scalars(
            select(MailboxItem.uid)
            .where(
                MailboxItem.mailbox_id == mailbox.id,
                MailboxItem.folder == place.name,
                MailboxItem.uidvalidity == place.uidvalidity,
                people.waits(),
                people.has_contact(),
            )
            .order_by(MailboxItem.uid.desc())
            .limit(BATCH + 1)
        ).all()
        if rows:
            yield place, list(rows)


def _write(mailbox: Mailbox, look: _Look, fault: Faulty | None) -> None:
    """What the slice came to; a mailbox that was paused or removed meanwhile stays so."""
    failures = mailbox.failures + 1 if fault else 0
    state = "failing" if fault else "syncing" if look.more else "idle"
    counts = {**mailbox.counts, **_counts(mailbox), "waiting": look.waiting}
    told = {"message": fault.message, "data": fault.data} if fault else look.told
    statement = update(Mailbox).where(
        Mailbox.id == mailbox.id, Mailbox.removed_at.is_(None), Mailbox.folders == mailbox.folders
    )
    values = {
        "folders": [place.as_json() for place in look.places],
        "counts": counts,
        "failures": failures,
        "error": told,
        "updated_at": now(),
        "synced_at": mailbox.synced_at if fault or look.more else now(),
        "state": case((Mailbox.state == "paused", "paused"), else_=state),
    }
    written = session.scalar(statement.values(**values).returning(Mailbox.state))
    if written is None:
        raise Conflict(MOVED_ON)
    session.expire(mailbox)
    if written == "paused":
        return
    if fault:
        telling.failing(mailbox, failures, fault)
    if look.more and not fault:
        stage(mailbox.id)
    else:
        stage(mailbox.id, rules.wait(failures, passing=fault is None or fault.passing))


def _counts(mailbox: Mailbox) -> dict[str, int]:
    rows = session.execute(
        select(MailboxItem.state, func.count().label("number"))
        .where(MailboxItem.mailbox_id == mailbox.id)
        .group_by(MailboxItem.state)
    )
    by_state = dict.fromkeys(("stored", "unknown", "ignored", "refused"), 0)
    return {**by_state, **{row.state: row.number for row in rows}}
