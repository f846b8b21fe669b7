"""Writing to customers: staging a letter once, a member's yes or no, and what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from app.core.actor import Actor
from app.core.clock import now
from app.core.errors import Conflict
from app.core.ids import new_id, parse_id
from app.core.mail import checked, mail_id
from app.core.permissions import EVERYTHING, require
from app.core.queue import enqueue
from app.core.text import N_
from app.domain.letters import queries, rules
from app.domain.letters.models import Letter
from app.domain.letters.queries import Receiver
from app.domain.workspace import queries as workspace
from app.records import facts, registry, scope
from tenants.session import session

JOB = "letters.deliver"
KEPT = frozenset({"label", "incident_id"})
SYSTEM = Actor("system", None, "Kith", "clock", EVERYTHING)


@dataclass(frozen=True)
class Chain:
    """Where a letter stands in a conversation: the mail it is, and the ids of those before it."""

    message_id: UUID
    mail_id: str
    before: tuple[str, ...] = field(default=())


def send(
    kind: rules.Kind,
    contact_id: UUID,
    *,
    about: tuple[str, UUID] | None = None,
    values: Mapping[str, Any],
    key: str | None = None,
    address: str | None = None,
    chain: Chain | None = None,
) -> UUID | None:
    """Stage a mail to a customer in his language and the company's name; the letter's id.

    `about` is what its link opens, the contact itself where nothing is named; `values` fill its words. The
    same `key` is sent once for ever: then, and where there is no address to write to, None. A letter that
    may not be sent is kept as withheld, one that needs a member's yes waits for it.
    """
    receiver = queries.receiver(contact_id)
    to = address or (receiver.email if receiver else None)
    if receiver is None or not to:
        return None
    manner = rules.MANNERS[kind]
    reason = rules.withheld(manner, to, queries.stop_of(to), receiver.mail_consent)
    settings = workspace.settings()
    waits = manner.needs_approval and settings.letters_need_approval
    state = "withheld" if reason else "waiting" if waits else "staged"
    letter_id = new_id()
    row = {
        "id": letter_id,
        "kind": kind,
        "key": key or f"{kind}:{letter_id}",
        "state": state,
        "contact_id": contact_id,
        "object": about[0] if about else "contacts",
        "record_id": about[1] if about else contact_id,
        "message_id": chain.message_id if chain else None,
        "address": checked(to),
        "language": rules.language(receiver.language, settings.language),
        # What waits must be known when it is sent; what is sent now may hold a secret, and is not kept.
        "data": {name: values[name] for name in values if state == "waiting" or name in KEPT},
        "mail_id": chain.mail_id if chain else mail_id(letter_id),
        "error": reason,
        "created_at": now(),
    }
    staged = insert(Letter).values(row).on_conflict_do_nothing(index_elements=["key"])
    if session.scalar(staged.returning(Letter.id)) is None:
        return None
    if state == "staged":
        _stage(letter_id, values, chain)
    elif state == "withheld":
        tell(letter_id, "letter_withheld", receiver)
    return letter_id


def approve(actor: Actor, letter_id: UUID) -> Letter:
    """Send a letter that waited; Conflict where somebody has decided already."""
    letter = _decided(actor, letter_id, "staged")
    _stage(letter.id, letter.data, None)
    return letter


def decline(actor: Actor, letter_id: UUID) -> Letter:
    """Do not send a letter that waited; Conflict where somebody has decided already."""
    return _decided(actor, letter_id, "declined")


def withdraw(incident_id: UUID) -> None:
    """Letters about an incident that still wait are not needed any more."""
    for letter in queries.of_incident(SYSTEM, incident_id):
        if letter.state == "waiting":
            letter.state, letter.error, letter.decided_at = "withheld", "over", now()
    session.flush()


def tell(letter_id: UUID, verb: str, receiver: Receiver | None = None) -> None:
    """Write on the timelines of the contact, the company and the record what became of a letter."""
    letter = queries.get(letter_id)
    receiver = receiver or (queries.receiver(letter.contact_id) if letter.contact_id else None)
    incident_id = parse_id(letter.data.get("incident_id", ""))
    about = [letter.record_id, letter.contact_id, incident_id, receiver.company_id if receiver else None]
    is_record = registry.find(letter.object or "") is not None
    name, record_id = (letter.object, letter.record_id) if is_record else ("contacts", letter.contact_id)
    facts.record(
        SYSTEM,
        verb,
        name,
        record_id,
        letter.data.get("label", "") if is_record and letter.object != "contacts" else _name(receiver),
        about=[each for each in about if each],
        data={"kind": letter.kind, "letter_id": str(letter.id), "address": letter.address}
        | ({"error": letter.error} if letter.error else {}),
    )


def _name(receiver: Receiver | None) -> str:
    return receiver.name if receiver else ""


def _decided(actor: Actor, letter_id: UUID, state: str) -> Letter:
    require(actor, "messages:write")
    letter = queries.get(letter_id, hold=True)
    if letter.contact_id is not None:
        scope.check(actor, registry.get("contacts"), letter.contact_id)
    if letter.state != "waiting":
        raise Conflict(N_("This mail is decided already."))
    letter.state, letter.decided_at, letter.decided_by = state, now(), actor.member_id
    session.flush()
    return letter


def _stage(letter_id: UUID, values: Mapping[str, Any], chain: Chain | None) -> None:
    payload = {"letter_id": str(letter_id), "values": dict(values)}
    before = list(chain.before) if chain else []
    enqueue(JOB, payload | {"before": before}, queue="mail")
