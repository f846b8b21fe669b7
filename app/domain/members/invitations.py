"""Inviting people, many at once, and accepting."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import update

from app.core.actor import Actor
from app.core.clock import now
from app.core.errors import Invalid, NotAllowed, NotFound
from app.core.ids import parse_id
from app.core.limits import limit
from app.core.permissions import require
from app.core.text import N_
from app.core.tokens import hashed, new_secret
from app.domain.identities import actions as identities
from app.domain.identities import queries as identity_queries
from app.domain.identities.models import Identity
from app.domain.members import facts, mails, queries, roles, rules
from app.domain.members.models import STANDARD, Grant, Member
from app.domain.members.rules import Addressee, Outcome, State
from app.domain.plans import actions as plans
from tenants.context import current
from tenants.session import session

LIFETIME = timedelta(days=14)
MOST_A_DAY = 500
SPENT = N_("This invitation was used, taken back or is too old. Ask for a new one.")


@dataclass(frozen=True)
class Newcomers:
    """What became of a pasted list, entry by entry."""

    outcomes: tuple[Outcome, ...]

    def count(self, *states: str) -> int:
        """How many entries ended in one of `states`."""
        return sum(outcome.state in states for outcome in self.outcomes)


def invite(actor: Actor, text: str, role: str) -> Newcomers:
    """Invite everybody in a pasted list, each entry with its own answer; Invalid where none can be sent.

    `role` is a standard one, or the id of one of the company's own.
    """
    require(actor, "members:manage")
    _check_role(actor, role)
    _check_confirmed(actor)
    people = rules.read_addresses(text)
    if not people or len(people) > rules.MOST_AT_ONCE:
        raise Invalid.one(
            "emails", "count", N_("Enter from one to %(most)s addresses."), most=rules.MOST_AT_ONCE
        )
    known: dict[str, State] = {grant.email or "": "again" for grant in queries.invitations()}
    known |= dict.fromkeys(queries.by_emails(person.email for person in people if person.email), "member")
    _check_room(len({person.email for person in people if person.email} - known.keys()))
    return Newcomers(tuple(_invite(actor, person, role, known) for person in people))


def resend(actor: Actor, invitation_id: UUID) -> Grant:
    """Send an invitation again, with a fresh link that lives anew; the old link stops working."""
    require(actor, "members:manage")
    _check_confirmed(actor)
    found = _get(invitation_id)
    _check_role(actor, found.data["role"])
    _send(actor, found.email or "", found.data.get("name", ""), found.data["role"])
    return found


def revoke(actor: Actor, invitation_id: UUID) -> Grant:
    """Take an invitation back; its link stops working."""
    require(actor, "members:manage")
    found = _get(invitation_id)
    found.revoked_at = now()
    facts.note(actor, "member.uninvited", found.id, found.email or "")
    session.flush()
    return found


def accept(secret: str, identity: Identity) -> Member:
    """Make the invited identity a member; Invalid where the invitation is for another or works no more.

    One of many callers gets it; who is a member already stays what he is.
    """
    found = queries.invitation(secret)
    if found is None or found.email != identity.email or not _use(found):
        raise Invalid.one("code", "spent", SPENT)
    if queries.of_identity(identity.id) is None:
        plans.check("members")
    member = _seat(identity, found.data["role"])
    if identity.confirmed_at is None and identity_queries.owner_of(identity.email) is None:
        identity.confirmed_at = now()
    identities.join(identity, current())
    facts.note_joined(member, found.created_by)
    session.flush()
    return member


def _invite(actor: Actor, person: Addressee, role: str, known: dict[str, State]) -> Outcome:
    """Invite one entry; `known` says what its address is already, and learns that it was named."""
    if person.email is None:
        return Outcome(person.text, "invalid")
    state = known.get(person.email, "invited")
    if state in {"invited", "again"}:
        _send(actor, person.email, person.name, role)
        known[person.email] = "twice"
    return Outcome(person.email, state)


def _send(actor: Actor, email: str, name: str, role: str) -> None:
    limit("invitations", MOST_A_DAY, timedelta(days=1))
    session.execute(
        update(Grant)
        .where(Grant.kind == "invitation", Grant.email == email, Grant.revoked_at.is_(None))
        .values(revoked_at=now())
    )
    secret = new_secret()
    grant = Grant(
        kind="invitation",
        secret_hash=hashed(secret),
        email=email,
        data={"role": role, "name": name},
        created_at=now(),
        created_by=actor.member_id,
        expires_at=now() + LIFETIME,
    )
    session.add(grant)
    session.flush()
    facts.note(actor, "member.invited", grant.id, email, role=role)
    mails.invitation(actor, email, name, f"{current().id.hex}.{secret}")


def _seat(identity: Identity, wanted: str) -> Member:
    own = parse_id(wanted)
    role = "custom" if own else wanted
    role_ids = [each.id for each in roles.among([own])] if own else []
    member = session.query(Member).filter_by(identity_id=identity.id).with_for_update().one_or_none()
    if member is None:
        member = Member(identity_id=identity.id, role=role, email=identity.email, name=identity.name)
        member.role_ids = role_ids
        member.language = identity.language
        session.add(member)
    elif member.removed_at is not None:
        member.removed_at, member.role, member.email = None, role, identity.email
        member.role_ids = role_ids
    session.flush()
    return member


def _use(found: Grant) -> bool:
    statement = (
        update(Grant)
        .where(Grant.id == found.id, Grant.revoked_at.is_(None))
        .values(revoked_at=now())
        .returning(Grant.id)
    )
    return session.scalar(statement) is not None


def _get(invitation_id: UUID) -> Grant:
    found = session.get(Grant, invitation_id)
    if found is None or found.kind != "invitation" or found.revoked_at is not None:
        raise NotFound
    return found


def _check_room(more: int) -> None:
    """Those who are invited already have a place; raises LimitReached."""
    if more:
        plans.check("members", queries.waiting() + more)


def _check_role(actor: Actor, role: str) -> None:
    own = parse_id(role)
    if role not in STANDARD and not (own and roles.among([own])):
        raise Invalid.one("role", "choice", N_("Choose one of the list."))
    if not rules.may_manage(actor.role, role):
        raise NotAllowed("owners:manage")


def _check_confirmed(actor: Actor) -> None:
    identity = identity_queries.by_id(actor.identity_id) if actor.identity_id else None
    if identity is None or identity.confirmed_at is None:
        raise Invalid.one(
            "emails", "unconfirmed", N_("Confirm your own e-mail address first, then you can invite others.")
        )
