"""Who becomes an operator, stays one, and stops being one."""

from sqlalchemy import update

from app.core.clock import now
from app.core.errors import Invalid, NotFound
from app.core.text import N_
from app.domain.identities import actions as identities
from app.domain.identities import queries
from app.domain.identities.models import Identity, IdentitySession
from app.domain.identities.rules import normal_email
from app.domain.identities.sessions import SignedIn, Where
from app.domain.operators import support
from app.domain.operators.actions import By
from app.domain.operators.models import Operator
from tenants.session import session

NO_IDENTITY = N_("Nobody has confirmed this address. Sign up or accept an invitation with it first.")


def add(email: str, by: By) -> Identity:
    """Make the owner of an address an operator; raises Invalid where nobody has confirmed it."""
    identity = queries.owner_of(normal_email(email) or "")
    if identity is None:
        raise Invalid.one("email", "unknown", NO_IDENTITY)
    if session.get(Operator, identity.id) is None:
        session.add(Operator(identity_id=identity.id, created_at=now()))
        by.note("operator.added", email=identity.email)
        session.flush()
    return identity


def remove(email: str, by: By) -> None:
    """End it, with the visits under way, from the next request on; raises NotFound."""
    identity = queries.owner_of(normal_email(email) or "")
    operator = session.get(Operator, identity.id) if identity else None
    if operator is None or identity is None:
        raise NotFound("operators")
    support.withdraw(identity.id, by)
    session.delete(operator)
    by.note("operator.removed", email=identity.email)
    session.flush()


def prove(who: SignedIn, password: str, where: Where) -> None:
    """Give the password once more; raises Invalid and LimitReached."""
    identities.prove(who.identity, password, where)
    mine = update(IdentitySession).where(IdentitySession.id == who.session_id)
    session.execute(mine.values(proven_at=now()))
    By(who.identity.id, where.address).note("operator.proven")
