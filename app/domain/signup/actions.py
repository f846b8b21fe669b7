"""Signing a company up."""

from dataclasses import dataclass
from itertools import islice
from uuid import UUID, uuid5

from sqlalchemy import inspect, select

from app.core import process
from app.core.errors import Invalid, Unavailable
from app.core.ids import new_id
from app.core.text import N_
from app.domain.deals import actions as deals
from app.domain.identities import actions as identities
from app.domain.identities import opening
from app.domain.identities import queries as identity_queries
from app.domain.identities.models import Identity, Membership
from app.domain.identities.opening import Entry
from app.domain.identities.passwords import matches
from app.domain.identities.queries import Hashes
from app.domain.identities.rules import normal_email
from app.domain.identities.sessions import Where
from app.domain.members import actions as members
from app.domain.members.models import Member
from app.domain.signup import rules
from app.domain.signup.rules import FAULTS, Request
from app.domain.workspace import actions as workspaces
from tenants import placing, provisioning, slugs
from tenants.context import Tenant, entered
from tenants.engines import engines
from tenants.session import session

_IDENTITIES = UUID("a7f7c1c4-6a0c-4a8c-9a55-0f3f3f5be9d1")


@dataclass(frozen=True)
class SignedUp:
    """A workspace that stands, with its owner, who is signed in by `entry` if that was asked for."""

    tenant: Tenant
    identity: Identity
    member: Member
    entry: Entry | None = None


def create_workspace(
    request: Request,
    *,
    signup_id: UUID | None = None,
    is_confirmed: bool = False,
    stored: Hashes | None = None,
    where: Where | None = None,
) -> SignedUp:
    """The company's workspace, ready for use; the same `signup_id` gets the same one again.

    `stored` are the passwords of who may have this e-mail, where they were read already. The owner is signed
    in on the base host at `where`.
    Nobody learns whether an e-mail is known: its password adds a workspace to that identity, any other begins
    an identity of its own that owns the address only when it is confirmed. Raises Invalid.
    """
    request = request.settled()
    if found := rules.problems(request):
        raise Invalid(found)
    email = normal_email(request.email) or request.email
    signup_id = signup_id or new_id()
    tenant = _claim(request, signup_id)
    known, is_known = identities.recognise(email, request.password, stored)
    owner = known or _newcomer(request, email, _identity_id(signup_id), is_confirmed)
    # Looked up before the turn is taken: those who wait for it may hold the connections that this needs.
    engines().tenant(tenant)
    opened = opening.open_for(owner, tenant, where, is_unknown=not is_known)
    if opened is None:
        before = _finished_before(tenant, known, _identity_id(signup_id), email, request.password)
        if before is None:
            tenant, owner = _once_more(request, owner)
        owner = before or owner
        opened = opening.Opened(identities.sign_in(owner, where) if where else None)
    with entered(tenant):
        member = _furnish(request, owner)
    if not opened.is_asked:
        identities.ask_to_confirm(owner, request.company)
    return SignedUp(tenant, owner, member, opened.entry)


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
        plan = process.settings().plan
        return provisioning.claim(
            request.slug, request.company, request.region or None, signup_id=signup_id, plan=plan
        )
    except provisioning.SlugTaken:
        raise Invalid.one("slug", "taken", FAULTS["taken"]) from None
    except placing.NoRoom:
        if request.region:
            raise Invalid.one("region", "full", FAULTS["full"]) from None
        raise Unavailable from None


def _finished_before(
    tenant: Tenant, known: Identity | None, identity_id: UUID, email: str, password: str
) -> Identity | None:
    """Whose the workspace is from an equal request, if it was this person's."""
    owners = session.scalars(select(Membership.identity_id).where(Membership.tenant_id == tenant.id)).all()
    if known is not None:
        return known if known.id in owners else None
    made = identity_queries.by_id(identity_id) if identity_id in owners else None
    same = made is not None and made.email == email and matches(made.password_hash, password)
    return made if same else None


def _once_more(request: Request, owner: Identity) -> tuple[Tenant, Identity]:
    """A workspace of its own for whom another sign-up's id has led astray."""
    tenant = _claim(request, new_id())
    if inspect(owner).transient:
        owner.id = new_id()
    if opening.open_for(owner, tenant, None, is_unknown=False) is None:
        raise RuntimeError(f"nobody else can have claimed {tenant.schema}")
    return tenant, owner


def _newcomer(request: Request, email: str, identity_id: UUID, is_confirmed: bool) -> Identity:
    if is_confirmed and identity_queries.owner_of(email) is not None:
        raise Invalid.one("password", "wrong", N_("This address has an account with another password."))
    return identities.newcomer(
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
    chosen = request.workspace
    return members.seat_owner(identity, workspaces.seeding(chosen), *deals.naming(chosen.language))
