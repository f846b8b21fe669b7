"""The mails that let customers in; they are the company's, in the customer's language."""

from app.core.mail import enqueue_mail
from app.domain.portal.rules import Purpose
from app.domain.workspace import queries as workspace
from tenants.context import current

_TEMPLATES: dict[Purpose, str] = {
    "invited": "mail/portal_invitation",
    "register": "mail/portal_register",
    "sign_in": "mail/portal_sign_in",
    "reset": "mail/portal_reset",
}


def link(purpose: Purpose, to: str, language: str, url: str, *, name: str = "", inviter: str = "") -> None:
    """Send a link that works once."""
    values = {"name": name, "inviter": inviter, "company": current().name, "url": url, "phone": _phone()}
    enqueue_mail(template=_TEMPLATES[purpose], to=to, language=language, values=values)


def password_changed(to: str, language: str, name: str, url: str) -> None:
    """Tell that the password is another one now."""
    values = {"name": name, "company": current().name, "url": url, "phone": _phone()}
    enqueue_mail(template="mail/portal_password_changed", to=to, language=language, values=values)


def _phone() -> str:
    told: str = workspace.setting("phone")
    return told
