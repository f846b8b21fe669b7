"""The mails about an identity. They belong to no workspace and go out by the control outbox."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from app.config import subdomain
from app.core import process
from app.core.mail import enqueue_control_mail, enqueuing_control_mail
from app.core.statements import Part
from app.domain.identities.models import Identity
from tenants.context import Tenant

# Template, address, language, values: what the core's functions for mail are told.
_Mail = tuple[str, str, str, dict[str, Any]]


def confirm(identity: Identity, workspace: str, secret: str) -> None:
    """Ask to confirm the address that somebody signed up with."""
    enqueue_control_mail(*_confirmation(identity, workspace, secret))


def confirming(identity: Identity, workspace: str, secret: str) -> Part:
    """What `confirm` does, as a part of another statement."""
    return enqueuing_control_mail(*_confirmation(identity, workspace, secret))


def already_known(identity: Identity, workspace: str) -> None:
    """Tell the owner of an address that it was used for another sign-up."""
    _send(identity, "already_known", workspace=workspace, url=link("workspaces"))


def reset(identity: Identity, secret: str) -> None:
    """The link for a new password."""
    _send(identity, "reset", url=link("reset", code=secret))


def password_changed(identity: Identity) -> None:
    """Tell that the password is another one now."""
    _send(identity, "password_changed", url=link("forgot"))


def change_email(identity: Identity, to: str, secret: str) -> None:
    """Ask to confirm an address that shall replace the present one; goes to the new one."""
    _send(identity, "change_email", to=to, url=link("confirm-change", code=secret))


def email_changed(identity: Identity, old: str) -> None:
    """Tell the old address that it is replaced."""
    _send(identity, "email_changed", to=old, new=identity.email, url=link("forgot"))


def workspaces(identity: Identity, found: Sequence[Tenant]) -> None:
    """The list of a person's workspaces."""
    base = process.settings().base_url
    listed = [{"name": tenant.name, "url": subdomain(base, tenant.slug)} for tenant in found]
    _send(identity, "workspaces", workspaces=listed, url=link("sign-in"))


def link(path: str, **query: str) -> str:
    """An address on the configured base host, whatever host was asked."""
    return f"{process.settings().base_url}/{path}" + (f"?{urlencode(query)}" if query else "")


def _confirmation(identity: Identity, workspace: str, secret: str) -> _Mail:
    return _mail(identity, "confirm", workspace=workspace, url=link("confirm", code=secret))


def _send(identity: Identity, template: str, **values: Any) -> None:
    enqueue_control_mail(*_mail(identity, template, **values))


def _mail(identity: Identity, template: str, *, to: str = "", **values: Any) -> _Mail:
    return f"mail/{template}", to or identity.email, identity.language, {"name": identity.name, **values}
