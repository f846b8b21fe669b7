"""Handing a member's mail to the server, at most once: each step is kept beside the job's own transaction."""

from typing import Any
from uuid import UUID

from sqlalchemy import select, text

from app.core.errors import Unavailable
from app.core.ids import new_id
from app.core.mailserver import Faulty
from app.core.queue import enqueue
from app.core.smtp import Uncertain
from app.core.text import N_
from app.domain.mailboxes import composing
from app.domain.mailboxes.opening import inbox, outbox
from app.domain.messages.models import Mailbox, Message
from app.domain.notices.actions import tell
from app.domain.notices.kinds import Kind, register
from app.domain.plans import actions as plans
from app.domain.plans import usage
from app.records.plain import dumps
from tenants.context import Mode, current, transactions
from tenants.engines import engines
from tenants.session import session

SEND_JOB = "mailboxes.send"
FILE_JOB = "mailboxes.file"
CUT_OFF = N_(
    "Kith was interrupted while the mail was handed over. Look into your sent mail before you send it again."
)
_TITLE = N_("Your mail to %(name)s did not go out")
NOT_SENT = register(Kind("mail_not_sent", _TITLE, N_("The conversation says why."), state="broken"))

# Written beside the job's own transaction: what the world outside has seen is not undone with it.
_STEP = text("""
UPDATE messages SET data = jsonb_set(data, '{delivery}', CAST(:now AS jsonb))
 WHERE id = :id AND data #>> '{delivery,state}' = :before RETURNING id
""")


def deliver(message_id: UUID) -> None:
    """Hand the mail to the member's server, at most once; raises Unavailable where it may go later.

    A try that was cut off is not repeated: nobody knows whether the mail went out, and that is what is told.
    """
    message = session.get(Message, message_id)
    mailbox = session.get(Mailbox, message.mailbox_id) if message and message.mailbox_id else None
    if message is None or mailbox is None or mailbox.removed_at is not None:
        return
    plans.check("mails")
    if _step(message.id, "queued", "sending"):
        _hand_over(message, mailbox)
    elif _step(message.id, "sending", "uncertain", CUT_OFF, {}):
        _tell(message)
        return
    if _is_sent(message.id):
        enqueue(FILE_JOB, {"message_id": str(message.id)}, queue="mail", key=f"{FILE_JOB}:{message.id}")


def _hand_over(message: Message, mailbox: Mailbox) -> None:
    try:
        content = composing.composed(message, mailbox)
        with outbox(mailbox) as opened:
            opened.send(mailbox.address, [each["email"] for each in message.recipients["to"]], content)
    except Uncertain as fault:
        _step(message.id, "sending", "uncertain", fault.message, fault.data)
        _tell(message)
    except Faulty as fault:
        _step(message.id, "sending", "queued" if fault.passing else "failed", fault.message, fault.data)
        if fault.passing:
            raise Unavailable(str(fault)) from fault
        _tell(message)
    except Exception:
        # Nothing was handed over: the next try begins where this one did.
        _step(message.id, "sending", "queued")
        raise
    else:
        _step(message.id, "sending", "sent")
        usage.count("mails")


def give_up(message_id: UUID) -> None:
    """The mail was tried long enough."""
    message = session.get(Message, message_id)
    if message is None:
        return
    delivery = message.data.get("delivery", {})
    if _step(message_id, "queued", "failed", delivery.get("message", ""), delivery.get("data", {})):
        _tell(message)


def file_copy(message_id: UUID) -> None:
    """Put the sent mail into the mailbox's folder of sent mail, where the server has not done so itself."""
    message = session.get(Message, message_id)
    mailbox = session.get(Mailbox, message.mailbox_id) if message and message.mailbox_id else None
    if message is None or mailbox is None or mailbox.removed_at is not None:
        return
    try:
        with inbox(mailbox) as opened:
            sent = next((each.name for each in opened.folders() if each.role == "sent"), None)
            if sent is not None and not opened.holds(sent, message.mail_id or ""):
                opened.append(sent, composing.composed(message, mailbox), message.sent_at)
    except Faulty as fault:
        raise Unavailable(str(fault)) from fault


def _step(
    message_id: UUID, before: str, after: str, message: str = "", data: dict[str, Any] | None = None
) -> bool:
    """From one state to the next, kept whatever becomes of the job; whether it was in that state."""
    state: dict[str, Any] = {"state": after}
    if message:
        state |= {"message": message, "data": data or {}}
    values = {"id": message_id, "before": before, "now": dumps(state)}
    with transactions(Mode()), engines().tenant(current()).begin() as connection:
        return connection.execute(_STEP, values).one_or_none() is not None


def _is_sent(message_id: UUID) -> bool:
    state = select(Message.data["delivery"]["state"].astext).where(Message.id == message_id)
    return session.scalar(state) == "sent"


def _tell(message: Message) -> None:
    if message.member_id is None:
        return
    name = message.recipients["to"][0]["name"] or message.recipients["to"][0]["email"]
    key = f"mail_not_sent:{message.id}:{new_id()}"
    tell(message.member_id, key, NOT_SENT.name, "messages", message.thread_id, {"name": name})
