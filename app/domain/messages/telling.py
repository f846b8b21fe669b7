"""Who learns of a message: timelines at once, and who looks after the relation once."""

from app.core.actor import Actor
from app.core.text import N_
from app.domain.letters.queries import who_to_tell
from app.domain.messages.abouts import About, of_thread
from app.domain.messages.models import Message, Thread
from app.domain.notices import kinds
from app.domain.notices.actions import tell
from app.records import facts, watching

WROTE = kinds.register(
    kinds.Kind(
        "message_waiting",
        N_("%(name)s wrote to you"),
        N_("%(name)s wrote: “%(excerpt)s” and waits for an answer."),
        "risk",
    )
)
HANDED = kinds.register(
    kinds.Kind(
        "thread_handed_over",
        N_("The conversation with %(name)s is yours"),
        N_("%(who)s gave you the conversation with %(name)s."),
    )
)
_EXCERPT = 160
_VERBS = {"in": "message_received", "out": "message_sent", "internal": "note_written"}

watching.tell_customers(
    "message_received", "message_sent", "thread_closed", "thread_reopened", whom_it_names=True
)


def fact(actor: Actor, here: About, message: Message) -> None:
    """Write that somebody wrote; the words themselves stay where they can be erased."""
    told = here.told_on
    facts.record(
        actor,
        _VERBS[message.direction],
        told[0] if told else None,
        told[1] if told else None,
        here.title or here.contact_name,
        about=[*here.concerned, message.thread_id],
        data={"message_id": str(message.id), "thread_id": str(message.thread_id), "kind": message.kind},
    )


def notice(here: About, thread: Thread, message: Message) -> None:
    """Tell who looks after the thread, once for as long as the customer waits."""
    since = thread.awaits_since.isoformat() if thread.awaits_since else ""
    data = {"name": message.author_name or here.contact_name, "excerpt": excerpt(message.body)}
    for member_id in who_to_tell(thread.owner_id or here.owner_id):
        key = f"message:{thread.id}:{since}:{member_id}"
        tell(member_id, key, WROTE.name, "messages", thread.id, data)


def handed_over(actor: Actor, thread: Thread) -> None:
    """Tell the new owner."""
    here = of_thread(thread)
    if thread.owner_id is not None and thread.owner_id != actor.id:
        data = {"name": here.contact_name, "who": actor.name}
        key = f"handed_over:{thread.id}:{thread.updated_at.isoformat()}"
        tell(thread.owner_id, key, HANDED.name, "messages", thread.id, data)


def settled(actor: Actor, thread: Thread) -> None:
    """Write that a conversation was closed, or goes on."""
    here = of_thread(thread)
    told = here.told_on
    verb = "thread_closed" if thread.state == "closed" else "thread_reopened"
    facts.record(
        actor,
        verb,
        told[0] if told else None,
        told[1] if told else None,
        here.title or here.contact_name,
        about=[*here.concerned, thread.id],
        data={"thread_id": str(thread.id)},
    )


def excerpt(body: str) -> str:
    """The first words in one line."""
    line = " ".join(body.split())
    return line if len(line) <= _EXCERPT else f"{line[: _EXCERPT - 1]}…"
