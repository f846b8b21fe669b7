"""Files hang on messages: who reads the message reads them, who wrote it adds them."""

from uuid import UUID

from app.core.actor import Actor
from app.core.errors import NotAllowed
from app.domain.files import holders
from app.domain.files.holders import Held, Holder
from app.domain.messages import queries


def register() -> None:
    """Let files hang on messages."""
    holders.register("messages", Holder(_read, _write))


def _read(actor: Actor, message_id: UUID) -> Held:
    return Held(queries.message(actor, message_id).subject)


def _write(actor: Actor, message_id: UUID) -> Held:
    message = queries.message(actor, message_id)
    if actor.kind == "system":
        return Held(message.subject)
    is_theirs = actor.kind == "customer" and message.contact_id == actor.id and message.direction == "in"
    if not is_theirs and (actor.member_id is None or message.member_id != actor.member_id):
        raise NotAllowed("messages:write")
    return Held(message.subject)
