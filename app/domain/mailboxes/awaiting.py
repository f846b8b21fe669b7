"""Who has to speak next in conversations that mails were added to."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import distinct_on

from app.core.clock import now
from app.domain.calendar import queries as calendars
from app.domain.messages import finding, rules
from app.domain.messages.models import Message, Thread
from app.domain.workspace import queries as workspace
from tenants.session import session

_COUNT = text("""
UPDATE threads t SET messages_count = s.messages, last_message_at = s.latest_at, updated_at = :now
  FROM (SELECT thread_id, count(*) AS messages, max(sent_at) AS latest_at FROM messages
         WHERE thread_id = ANY(:threads) AND deleted_at IS NULL GROUP BY thread_id) AS s
 WHERE t.id = s.thread_id
""")


def settle(threads: Collection[UUID], since: datetime) -> None:
    """Count their messages anew and say who has to answer; what is older than `since` asks nobody.

    A mail from before the mailbox was connected is history, and what a machine wrote wants no answer.
    """
    session.execute(_COUNT, {"threads": sorted(threads), "now": now()})
    finding.enter(threads)
    latest = (
        select(Message)
        .where(Message.thread_id.in_(threads), Message.direction != "internal", Message.deleted_at.is_(None))
        .ext(distinct_on(Message.thread_id))
        .order_by(Message.thread_id, Message.sent_at.desc(), Message.id.desc())
    )
    for message in session.scalars(latest):
        if message.sent_at >= since:
            _speak(message)


def _speak(message: Message) -> None:
    thread = session.get_one(Thread, message.thread_id, populate_existing=True)
    automatic = "automatic" in message.data
    awaits = rules.turn(message.direction, thread.awaits, automatic=automatic)  # type: ignore[arg-type]
    if not automatic:
        thread.state = "open"
    if awaits != thread.awaits:
        thread.awaits, thread.awaits_since = awaits, message.sent_at
        thread.answer_due_at = _answer_due(message) if awaits == "us" else None


def _answer_due(message: Message) -> datetime:
    settings = workspace.settings()
    return rules.answer_due(
        message.sent_at,
        settings.answer_hours,
        settings.opens_at,
        settings.closes_at,
        calendars.current(),
    )
