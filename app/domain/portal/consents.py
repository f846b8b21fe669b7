"""Consents: what a customer allowed or took back, when, through which door, in which words."""

from app.core.actor import Actor
from app.core.clock import now
from app.core.errors import NotFound
from app.domain.portal import queries
from app.domain.portal.models import Consent
from app.domain.portal.rules import new_state, purposed
from app.records import reading, writing
from tenants.session import session


def answer(actor: Actor, purpose: str, *, granted: bool, wording: str) -> bool:
    """Store the customer's own answer, on the contact and in its history; whether it differs from before.

    `wording` are the words that were shown, in the customer's language.
    """
    meant = purposed(purpose)
    if meant is None or actor.id is None:
        raise NotFound("consents")
    before = reading.fetch(actor, "contacts", actor.id)[meant.field]
    kind, value = new_state(granted, before)
    if value == before:
        return False
    writing.update(actor, "contacts", actor.id, {meant.field: value})
    row = Consent(
        contact_id=actor.id, purpose=purpose, state=kind, wording=wording, door=actor.door, at=now()
    )
    session.add(row)
    session.flush()
    return True


def history(actor: Actor) -> list[Consent]:
    """The customer's answers, the latest first."""
    return queries.consents(actor.id) if actor.id else []
