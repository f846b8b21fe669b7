"""The mails that let customers in. To a contact they are letters; to who is none yet, plain mails."""

from uuid import UUID

from app.core.mail import enqueue_mail
from app.domain.letters import actions as letters
from app.domain.portal import links
from app.domain.portal.models import PortalAccount
from app.domain.workspace import queries as workspace
from tenants.context import current


def invitation(account: PortalAccount) -> None:
    """The first way in, for 14 days."""
    url = links.issue("invited", account.email, account_id=account.id)
    letters.send("invitation", account.contact_id, values={"url": url}, address=account.email)


def sign_in(account: PortalAccount) -> None:
    """A way in without a password, for an hour."""
    url = links.issue("sign_in", account.email, account_id=account.id)
    letters.send("sign_in", account.contact_id, values={"url": url}, address=account.email)


def reset(account: PortalAccount, language: str) -> None:
    """A way to another password, for an hour."""
    url = links.issue("reset", account.email, account_id=account.id)
    _send("mail/portal_reset", account.email, account.language or language, url)


def register(email: str, language: str, name: str, contact_id: UUID | None) -> None:
    """A way in that proves the address, for a day; `name` is what a stranger calls himself."""
    url = links.issue("register", email, name=name, language=language)
    _send("mail/portal_register", email, language, url, name if contact_id is None else "")


def password_changed(account: PortalAccount, language: str) -> None:
    """Tell that the password is another one now."""
    url = f"{links.address(current())}/forgot"
    _send("mail/portal_password_changed", account.email, account.language or language, url)


def _send(template: str, to: str, language: str, url: str, name: str = "") -> None:
    phone: str = workspace.setting("phone")
    values = {"name": name, "company": current().name, "url": url, "phone": phone}
    enqueue_mail(template=template, to=to, language=language, values=values)
