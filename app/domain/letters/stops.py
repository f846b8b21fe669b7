"""Addresses that want no more mail: the letter reached the wrong person, or notices are not wanted."""

from typing import Literal

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert

from app.core.actor import Actor
from app.core.clock import now
from app.core.permissions import EVERYTHING
from app.core.text import N_
from app.domain.letters.links import Opened
from app.domain.letters.models import MailStop
from app.domain.letters.queries import receiver as receiver_of
from app.domain.letters.queries import who_to_tell
from app.domain.members.models import Grant
from app.domain.notices import kinds
from app.domain.notices.actions import tell
from app.records import facts, labels
from tenants.session import session

NOT_ME = kinds.register(
    kinds.Kind(
        "mail_not_me",
        N_("%(address)s is not %(name)s"),
        N_("Somebody else reads %(address)s. It gets no more mail; find the right address of %(name)s."),
        "risk",
    )
)
Why = Literal["not_me", "asked"]
PORTAL = Actor("system", None, "Kith", "portal", EVERYTHING)


def stop(opened: Opened, why: Why) -> None:
    """Write to the address no more: nothing at all to the wrong person, no notices to who wants none.

    The wrong person's links stop working; the contact's page tells it.
    """
    scope = "all" if why == "not_me" else "notices"
    row = {"scope": scope, "reason": why, "contact_id": opened.contact_id, "at": now()}
    statement = insert(MailStop).values(address=opened.address.lower(), **row)
    fresh = MailStop.scope != "all"  # who wants nothing at all has said so already
    session.execute(statement.on_conflict_do_update(index_elements=["address"], set_=row, where=fresh))
    if why == "not_me":
        theirs = (Grant.contact_id == opened.contact_id, Grant.email == opened.address)
        session.execute(update(Grant).where(*theirs, Grant.revoked_at.is_(None)).values(revoked_at=now()))
    title = labels.titles_of(PORTAL, "contacts", [opened.contact_id]).get(opened.contact_id, "")
    data = {"address": opened.address, "why": why}
    facts.record(PORTAL, "mail_stopped", "contacts", opened.contact_id, title, data=data)
    if why == "not_me":
        _tell(opened, title)


def _tell(opened: Opened, name: str) -> None:
    """Who looks after the relation finds the right address, or calls."""
    receiver = receiver_of(opened.contact_id)
    data = {"name": name, "address": opened.address}
    for member_id in who_to_tell(receiver.owner_id if receiver else None):
        key = f"not_me:{opened.contact_id}:{opened.address}:{member_id}"
        tell(member_id, key, NOT_ME.name, "contacts", opened.contact_id, data)
