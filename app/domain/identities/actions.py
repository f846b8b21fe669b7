"""Coming to have an identity, proving it, and losing it: sign-up, sign-in, confirmation, passwords."""

from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from app.core.clock import now
from app.core.errors import Invalid, NotFound
from app.core.text import N_
from app.domain.identities import attempts, codes, facts, mails, passwords, queries, rules, sessions
from app.domain.identities.models import Identity, Membership
from app.domain.identities.queries import Hashes
from app.domain.identities.sessions import SignedIn, Where
from tenants.context import Tenant
from tenants.session import session

WRONG = N_("E-mail and password do not match. Check both, or set a new password.")
SPENT = N_("This link was used or is too old. Ask for a new one.")


def authenticate(email: str, password: str, where: Where) -> Identity:
    """The identity that e-mail and password belong to; Invalid tells nobody which of the two is wrong."""
    known = rules.normal_email(email) or ""
    attempts.may_sign_in(known, where.address)
    found = verify(known, password)
    if found is None:
        facts.note_refusal("sign_in.refused", None, where.address)
        attempts.wrong_password(known, where.address)
        raise Invalid.one("password", "wrong", WRONG)
    return found


def verify(email: str, password: str) -> Identity | None:
    """Who of those with this address has this password. Costs the same for nobody, one and many.

    Holds no connection to the database while it hashes.
    """
    return recognise(email, password)[0]


def recognise(email: str, password: str, stored: Hashes | None = None) -> tuple[Identity | None, bool]:
    """Like `verify`, and whether anybody has this address; `stored` are its `hashes` if they are known."""
    found = queries.hashes(email) if stored is None else stored
    slots = [*found, *[(None, None)] * (queries.CANDIDATES - len(found))]
    right = [identity_id for identity_id, stored in slots if passwords.matches(stored, password)]
    identity = queries.by_id(right[0]) if right and right[0] else None
    if identity is not None and identity.password_hash and passwords.is_outdated(identity.password_hash):
        identity.password_hash = passwords.hash_password(password)
    return identity, bool(found)


def sign_in(identity: Identity, where: Where) -> tuple[str, SignedIn]:
    """Begin a session on the base host; the cookie for it."""
    fact = facts.noting("sign_in", identity.id, where.address, user_agent=where.user_agent[:300])
    return sessions.begin(identity, where, fact)


def register(
    email: str, name: str, password: str, language: str, *, identity_id: UUID, is_confirmed: bool = False
) -> Identity:
    """A new identity; nobody owns its address until it is confirmed."""
    identity = newcomer(email, name, password, language, identity_id=identity_id, is_confirmed=is_confirmed)
    session.add(identity)
    session.flush()
    return identity


def newcomer(
    email: str, name: str, password: str, language: str, *, identity_id: UUID, is_confirmed: bool = False
) -> Identity:
    """What `register` writes, not written yet. It hashes, so no connection should be held meanwhile."""
    return Identity(
        id=identity_id,
        email=email,
        name=rules.clean_name(name),
        password_hash=passwords.hash_password(password),
        confirmed_at=now() if is_confirmed else None,
        language=language,
        created_at=now(),
        password_changed_at=now(),
    )


def join(identity: Identity, tenant: Tenant) -> None:
    """Let the identity belong to the workspace; once is enough."""
    mine = insert(Membership).values(identity_id=identity.id, tenant_id=tenant.id)
    session.execute(mine.on_conflict_do_nothing())


def leave(identity_id: UUID, tenant: Tenant) -> None:
    """Undo `join`."""
    membership = session.get(Membership, (identity_id, tenant.id))
    if membership is not None:
        session.delete(membership)


def ask_to_confirm(identity: Identity, workspace: str, *, is_unknown: bool = False) -> None:
    """Send the mail that confirms the address; where somebody owns it already, tell that person instead.

    `is_unknown`: nobody had the address a moment ago. Who owns it since is found when the code is used.
    """
    if identity.confirmed_at is not None:
        return
    if not is_unknown and queries.owner_of(identity.email) is not None:
        mails.already_known(identity, workspace)
        return
    mails.confirm(identity, workspace, codes.issue("confirm", identity))


def ask_again(identity: Identity, workspace: str, where: Where) -> None:
    """Send the mail that confirms once more; raises LimitReached where that was often."""
    attempts.mail_to("confirm", identity.email, where.address)
    ask_to_confirm(identity, workspace)


def confirm(secret: str, by: SignedIn | None, password: str, where: Where) -> Identity:
    """Confirm the address a code was sent to, by who signed up with it: signed in, or with the password.

    A link alone is not enough: a stranger may have signed up with somebody's address and an own password.
    """
    found = codes.peek("confirm", secret)
    identity = queries.by_id(found.identity_id) if found else None
    if identity is None:
        attempts.code(where.address)
        raise Invalid.one("code", "spent", SPENT)
    if by is None or by.identity.id != identity.id:
        prove(identity, password, where)
    if codes.redeem("confirm", secret) is None or queries.owner_of(identity.email) is not None:
        raise Invalid.one("code", "spent", SPENT)
    identity.confirmed_at = now()
    facts.note("email.confirmed", identity.id, where.address)
    session.flush()
    return identity


def correct_email(identity: Identity, email: str, workspace: str, where: Where) -> None:
    """Change the address of somebody who has not confirmed one yet, and send the mail there."""
    if identity.confirmed_at is not None:
        raise NotFound
    if problem := rules.email_problem(email):
        raise Invalid([problem])
    known = rules.normal_email(email) or email
    attempts.mail_to("confirm", known, where.address)
    codes.cancel_all(identity)
    identity.email = known
    session.flush()
    ask_to_confirm(identity, workspace)


def ask_to_change_email(identity: Identity, email: str, password: str, where: Where) -> None:
    """Mail a code to a new address; nothing changes until it comes back. Asks for the password again."""
    if problem := rules.email_problem(email):
        raise Invalid([problem])
    prove(identity, password, where, "email_password")
    known = rules.normal_email(email) or email
    attempts.mail_to("change", known, where.address)
    mails.change_email(identity, known, codes.issue("change_email", identity, email=known))


def change_email(secret: str, by: SignedIn | None, password: str, where: Where) -> Identity:
    """The identity with the address that the code was sent to; Invalid where somebody else owns it by now.

    By who asked for it: signed in, or with the password. A link alone must give away no address.
    """
    found = codes.peek("change_email", secret)
    identity = queries.by_id(found.identity_id) if found else None
    if found is None or identity is None or queries.owner_of(found.data["email"]) is not None:
        attempts.code(where.address)
        raise Invalid.one("code", "spent", SPENT)
    if by is None or by.identity.id != identity.id:
        prove(identity, password, where)
    if codes.redeem("change_email", secret) is None:
        raise Invalid.one("code", "spent", SPENT)
    codes.cancel_all(identity)
    old, identity.email = identity.email, found.data["email"]
    identity.confirmed_at = now()
    facts.note("email.changed", identity.id, where.address)
    mails.email_changed(identity, old)
    session.flush()
    return identity


def ask_for_reset(email: str, where: Where) -> None:
    """Send a link for a new password, if anybody has this address; the caller never learns which."""
    known = rules.normal_email(email)
    if known is None:
        raise Invalid.one(
            "email", "email", N_("This is not an e-mail address. Check for a slip of the finger.")
        )
    attempts.mail_to("reset", known, where.address)
    found = queries.candidates(known)
    if found:
        facts.note("password.reset_asked", found[0].id, where.address)
        mails.reset(found[0], codes.issue("reset", found[0]))


def ask_for_workspaces(email: str, where: Where) -> None:
    """Mail the list of workspaces to their member, if there is one; the caller never learns."""
    known = rules.normal_email(email)
    if known is None:
        raise Invalid.one(
            "email", "email", N_("This is not an e-mail address. Check for a slip of the finger.")
        )
    attempts.mail_to("workspaces", known, where.address)
    found = queries.candidates(known)
    if found:
        mails.workspaces(found[0], queries.workspaces(found[0].id))


def set_password(identity: Identity, password: str, where: Where) -> None:
    """Give the identity another password; Invalid where it is a bad one."""
    if problem := rules.password_problem(password, (identity.email, identity.name)):
        raise Invalid([problem])
    identity.password_hash = passwords.hash_password(password)
    identity.password_changed_at = now()
    codes.cancel("reset", identity)
    facts.note("password.changed", identity.id, where.address)
    mails.password_changed(identity)
    session.flush()


def prove(identity: Identity, password: str, where: Where, path: str = "password") -> None:
    """Raises Invalid unless `password` is the identity's: asked again before what matters."""
    attempts.may_sign_in(identity.email, where.address)
    if not passwords.matches(identity.password_hash, password):
        attempts.wrong_password(identity.email, where.address)
        raise Invalid.one(path, "wrong", N_("This is not your password."))
