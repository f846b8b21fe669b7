"""How customers come in: with a password, by a link, by registering. Strangers learn nothing about accounts.

Whatever asks for a mail does the same for every address: it counts, checks the form and stages a job. Only
the job looks whether anybody is known by the address, so that neither answer nor time tells.
"""

from typing import Any

from app.core.actor import Actor
from app.core.clock import now
from app.core.errors import Invalid, NotFound
from app.core.permissions import EVERYTHING
from app.core.queue import enqueue
from app.core.text import N_
from app.domain.identities import passwords
from app.domain.identities.rules import (
    clean_name,
    email_problem,
    name_problem,
    normal_email,
    password_problem,
)
from app.domain.identities.sessions import Where
from app.domain.members.models import Grant
from app.domain.portal import attempts, links, mails, queries, sessions
from app.domain.portal.models import PortalAccount
from app.domain.portal.rules import Purpose
from app.domain.workspace import queries as workspace
from app.records import facts, reading, writing
from tenants.context import Tenant, current
from tenants.session import session

JOB = "portal.send_link"
WRONG = N_("E-mail and password do not match. Check both, or let us mail you a link.")
SPENT = N_("This link was used or is too old. Ask for a new one.")
PORTAL = Actor("system", None, "Kith", "portal", EVERYTHING)


def sign_in(email: str, password: str, where: Where) -> PortalAccount:
    """The active account with this e-mail and password; Invalid tells nobody which of the two is wrong."""
    known = normal_email(email) or ""
    attempts.may_sign_in(known, where.address)
    account = queries.by_email(known)
    stored = account.password_hash if account and account.state == "active" else None
    # Checked whether or not there is an account: it takes as long for nobody as for somebody.
    if not passwords.matches(stored, password) or account is None:
        attempts.wrong_password(known, where.address)
        raise Invalid.one("password", "wrong", WRONG)
    if passwords.is_outdated(account.password_hash or ""):
        account.password_hash = passwords.hash_password(password)
    return account


def ask(purpose: Purpose, email: str, where: Where, language: str, name: str = "") -> None:
    """Have a link mailed to who is known by this address; the same for everybody.

    `purpose` is sign_in, reset or register. Raises Invalid for what is no address, NotFound where the company
    takes no registrations.
    """
    if purpose == "register" and workspace.setting("portal_registration") == "off":
        raise NotFound("portal")
    problems = [email_problem(email)]
    if purpose == "register":
        problems.append(name_problem(name, "name", N_("Enter your name.")))
    if found := [problem for problem in problems if problem]:
        raise Invalid(found)
    known = normal_email(email) or ""
    attempts.mail_to(purpose, known, where.address)
    payload = {"purpose": purpose, "email": known, "language": language, "name": clean_name(name)}
    enqueue(JOB, payload, queue="mail")


def send_link(payload: dict[str, Any]) -> None:
    """Send the link that somebody asked for, where anybody is known by the address."""
    purpose, email, language = payload["purpose"], payload["email"], payload["language"]
    account = queries.by_email(email)
    contact_id = queries.contact_with(email)
    other = queries.of_contact(contact_id) if contact_id and account is None else None
    if known := account or other:
        if known.state == "blocked":
            return
        if purpose == "reset" and account is not None:
            mails.reset(known, language)
        else:
            # Whoever has an account and registers again, or writes from another address, gets in by it.
            mails.sign_in(known)
        return
    how = workspace.setting("portal_registration")
    if how == "open" or (how == "known" and contact_id is not None):
        mails.register(email, language, payload["name"], contact_id)


def enter(token: str, where: Where, password: str = "") -> tuple[PortalAccount, Purpose]:
    """The account that the link lets into, and what the link was for; it works once.

    A `password` that was chosen on the way is kept, but by a link that only signs in. Raises Invalid where
    the link does not work (any more) or the account is blocked; a bad password uses up nothing.
    """
    known = links.peek(token)
    chosen = password if known and known.data["purpose"] != "sign_in" else ""
    if known and chosen and (problem := password_problem(chosen, (known.email or "", current().name))):
        raise Invalid([problem])
    found = links.redeem(token)
    account = _account(found) if found else None
    if found is None or account is None or account.state == "blocked":
        attempts.code(where.address)
        raise Invalid.one("code", "spent", SPENT)
    if account.state == "invited":
        account.state, account.confirmed_at = "active", now()
        session.flush()
        facts.record(PORTAL, "portal_entered", "contacts", account.contact_id, about=[account.contact_id])
    if chosen:
        set_password(account, chosen, "", account.language or workspace.setting("language"))
    return account, found.data["purpose"]


def set_password(account: PortalAccount, password: str, name: str, language: str) -> None:
    """Give the account a (new) password and end its other ways in; Invalid where it is a bad one."""
    if problem := password_problem(password, (account.email, name, current().name)):
        raise Invalid([problem])
    is_change = account.password_hash is not None
    account.password_hash, account.password_changed_at = passwords.hash_password(password), now()
    links.cancel(account.email)
    session.flush()
    if is_change:
        mails.password_changed(account, language)


def prove(account: PortalAccount, password: str, where: Where, path: str = "old_password") -> None:
    """Raises Invalid unless `password` is the account's; an account without one has nothing to prove."""
    if account.password_hash is None:
        return
    attempts.may_sign_in(account.email, where.address)
    if not passwords.matches(account.password_hash, password):
        attempts.wrong_password(account.email, where.address)
        raise Invalid.one(path, "wrong", N_("This is not your password."))


def begin(account: PortalAccount, tenant: Tenant, where: Where) -> str:
    """Begin a session; the cookie for it."""
    return sessions.begin(account, tenant, where)


def _account(found: Grant) -> PortalAccount | None:
    """The account of a link; registering makes one, now that the address is proven."""
    if found.account_id is not None:
        return session.get(PortalAccount, found.account_id)
    email = found.email or ""
    known = queries.by_email(email)
    return known or _register(email, found.data)


def _register(email: str, told: dict[str, Any]) -> PortalAccount | None:
    how, contact_id = workspace.setting("portal_registration"), queries.contact_with(email)
    if how == "off" or (how == "known" and contact_id is None):
        return None
    if contact_id is None:
        contact_id = _new_contact(email, told)
    elif (other := queries.of_contact(contact_id)) is not None:
        return other if other.email == email else None
    account = PortalAccount(contact_id=contact_id, email=email, state="active", confirmed_at=now())
    account.language = told.get("language")
    session.add(account)
    session.flush()
    title = reading.fetch(PORTAL, "contacts", contact_id).title
    facts.record(PORTAL, "portal_registered", "contacts", contact_id, title, about=[contact_id])
    return account


def _new_contact(email: str, told: dict[str, Any]) -> Any:
    first, _, last = told.get("name", "").rpartition(" ")
    values = {"first_name": first, "last_name": last, "email": email, "lifecycle": "lead"}
    return writing.create(PORTAL, "contacts", {**values, "language": told.get("language")}).id
