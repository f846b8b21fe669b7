"""A letter on its way: all that its words need, and what became of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from app.core.clock import now
from app.core.text import N_
from app.domain.letters import actions, links, queries, rules
from app.domain.letters.models import Letter
from app.domain.letters.queries import Receiver
from app.domain.notices import kinds
from app.domain.notices.actions import tell
from app.domain.plans import policy
from app.domain.workspace import queries as workspace
from tenants.context import current
from tenants.session import session

FAILED = kinds.register(
    kinds.Kind(
        "letter_failed",
        N_("A mail to %(name)s did not arrive"),
        N_("The mail to %(name)s (%(address)s) was refused: check the address, or call."),
        "broken",
    )
)
REFUSED = N_("The mail server refused the address.")
GIVEN_UP = N_("The mail server did not take the mail for a day.")
BOUNCED = N_("The mail came back.")


@dataclass(frozen=True)
class Parcel:
    """A letter as it is rendered and sent. `stop_url` is empty where there are no notices to stop."""

    letter: Letter
    receiver: Receiver
    values: dict[str, Any]
    reply_to: str
    not_me_url: str
    stop_url: str
    is_written: bool


def parcel(letter_id: UUID, values: Mapping[str, Any]) -> Parcel | None:
    """The letter, locked, with fresh links; None where it is not to be sent (any more)."""
    letter = queries.get(letter_id, hold=True)
    receiver = queries.receiver(letter.contact_id) if letter.contact_id else None
    if letter.state != "staged" or receiver is None:
        return None
    manner = rules.MANNERS[letter.kind]
    reason = rules.withheld(manner, letter.address, queries.stop_of(letter.address), receiver.mail_consent)
    if manner.notice and not policy.of(current()).letters:
        reason = "held"
    if reason:
        letter.state, letter.error = "withheld", reason
        actions.tell(letter.id, "letter_withheld", receiver)
        return None
    assert letter.object is not None
    assert letter.record_id is not None
    about = (letter.object, letter.record_id)
    code = links.make(receiver.id, about, letter.id, letter.address)
    return Parcel(
        letter,
        receiver,
        _words(receiver) | dict(values) | ({} if manner.has_own_link else {"url": links.url(code)}),
        links.make_reply_address(receiver.id, about, letter.id, letter.address),
        links.url(code, "/not-me"),
        links.url(code, "/notices") if manner.notice else "",
        manner.is_written,
    )


def previews(letters: Sequence[Letter]) -> list[dict[str, Any]]:
    """The words of letters that wait, in one statement."""
    known = queries.receivers({each.contact_id for each in letters if each.contact_id})
    return [
        {"company": current().name}
        | (_person(known[each.contact_id]) if each.contact_id in known else {"name": ""})
        | each.data
        for each in letters
    ]


def sent(letter: Letter, subject: str) -> None:
    """The mail server has taken the letter."""
    letter.state, letter.sent_at, letter.subject, letter.error = "sent", now(), subject, None
    session.flush()
    if letter.kind not in {"answer", "sign_in"}:
        actions.tell(letter.id, "letter_sent")


def failed(letter_id: UUID, error: str) -> None:
    """The letter did not arrive: seen where it stands, and told once to who looks after the relation."""
    letter = queries.get(letter_id, hold=True)
    letter.state, letter.error = "failed", error
    session.flush()
    receiver = queries.receiver(letter.contact_id) if letter.contact_id else None
    actions.tell(letter.id, "letter_failed", receiver)
    if receiver is None:
        return
    data = {"name": receiver.name, "address": letter.address}
    for member_id in queries.who_to_tell(receiver.owner_id):
        key = f"letter_failed:{letter.id}:{member_id}"
        tell(member_id, key, FAILED.name, "contacts", receiver.id, data)


def _words(receiver: Receiver) -> dict[str, Any]:
    settings = workspace.settings()
    return {"company": settings.company or current().name, "phone": settings.phone} | _person(receiver)


def _person(receiver: Receiver) -> dict[str, Any]:
    return {
        "name": receiver.name,
        "first_name": receiver.first_name,
        "last_name": receiver.last_name,
        "salutation": receiver.salutation or "",
    }
