"""Signing a company up."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from uuid import UUID, uuid5

from sqlalchemy import func, select, update

from app.core.errors import Invalid
from app.core.ids import new_id
from app.core.text import N_
from app.domain.deals.actions import seeding_pipeline
from app.domain.identities import actions as identities
from app.domain.identities import queries as identity_queries
from app.domain.identities.models import Identity, Membership
from app.domain.identities.passwords import matches
from app.domain.identities.rules import normal_email
from app.domain.members import actions as members
from app.domain.members.models import Member
from app.domain.signup import rules
from app.domain.signup.rules import FAULTS, Request
from app.domain.workspace import actions as workspaces
from tenants import provisioning, slugs
from tenants.context import Tenant, entered
from tenants.engines import engines
from tenants.models import TenantRecord
from tenants.session import session

_IDENTITIES = UUID("a7f7c1c4-6a0c-4a8c-9a55-0f3f3f5be9d1")


@dataclass(frozen=True)
class SignedUp:
    """A workspace that stands, with its owner."""

    tenant: Tenant
    identity: Identity
    member: Member


def create_workspace(
    request: Request, *, signup_id: UUID | None = None, is_confirmed: bool = False
) -> SignedUp:
    """The company's workspace, ready for use; the same `signup_id` gets the same one again.

    Nobody learns whether an e-mail is known: its password adds a workspace to that identity, any other begins
    an identity of its own that owns the address only when it is confirmed. Raises Invalid.
    """
    request = request.settled()
    if found := rules.problems(request):
        raise Invalid(found)
    email = normal_email(request.email) or request.email
    signup_id = signup_id or new_id()
    # Before this transaction holds a connection: many sign-ups at once would wait for a second one each.
    tenant = _claim(request, signup_id)
    identity, is_known = identities.recognise(email, request.password)
    _take_turn(signup_id)
    owners = _owners(tenant)
    # Identity and membership are made in one transaction: where nobody owns the workspace, nobody was made.
    holder = identity_queries.by_id(_identity_id(signup_id)) if identity is None and owners else None
    identity = identity or _made_before(holder, email, request.password)
    if owners and (identity is None or identity.id not in owners):
        signup_id, holder = new_id(), None
        tenant = _claim(request, signup_id)
    if identity is None:
        identity_id = new_id() if holder else _identity_id(signup_id)
        identity = _register(request, email, identity_id, is_confirmed)
    with entered(tenant):
        member = _furnish(request, identity)
    joined = identities.joining(identity, tenant).cte("joined")
    active = update(TenantRecord).where(TenantRecord.id == tenant.id).values(state="active")
    session.execute(active.add_cte(joined))
    identities.ask_to_confirm(identity, request.company, is_unknown=not is_known)
    return SignedUp(tenant, identity, member)


def suggest_address(company: str) -> str:
    """A free address that suits a company's name, or an empty text."""
    wish = slugs.suggest(company)
    return next_free(wish) if wish else ""


def next_free(slug: str) -> str:
    """`slug` or what comes next (acme-2, acme-3), or an empty text where much is taken."""
    some = islice(slugs.variants(slug), 20)
    return next((each for each in some if provisioning.is_free(each)), "")


def _claim(request: Request, signup_id: UUID) -> Tenant:
    try:
        return provisioning.claim(request.slug, request.company, signup_id=signup_id)
    except provisioning.SlugTaken:
        raise Invalid.one("slug", "taken", FAULTS["taken"]) from None


def _take_turn(signup_id: UUID) -> None:
    """Let one of several equal requests go first."""
    key = func.hashtextextended(str(signup_id), 0)
    session.execute(select(func.pg_advisory_xact_lock(key)), bind_arguments={"bind": engines().control})


def _made_before(known: Identity | None, email: str, password: str) -> Identity | None:
    """Whom an equal request has registered a moment ago, if it was this person."""
    same = known is not None and known.email == email and matches(known.password_hash, password)
    return known if same else None


def _owners(tenant: Tenant) -> Sequence[UUID]:
    """Whose the claimed workspace is from an earlier try; nobody's where it is new."""
    return session.scalars(select(Membership.identity_id).where(Membership.tenant_id == tenant.id)).all()


def _register(request: Request, email: str, identity_id: UUID, is_confirmed: bool) -> Identity:
    if is_confirmed and identity_queries.owner_of(email) is not None:
        raise Invalid.one("password", "wrong", N_("This address has an account with another password."))
    return identities.register(
        email,
        request.name,
        request.password,
        request.workspace.language,
        identity_id=identity_id,
        is_confirmed=is_confirmed,
    )


def _identity_id(signup_id: UUID) -> UUID:
    """The same sign-up makes the same identity, however often it is tried."""
    return uuid5(_IDENTITIES, str(signup_id))


def _furnish(request: Request, identity: Identity) -> Member:
    """What every workspace begins with; what stands already stays."""
    settings = workspaces.seeding(request.workspace).cte("settings")
    stages = seeding_pipeline(request.workspace.language).cte("stages")
    return members.seat_owner(identity, settings, stages)
