"""The mails about members of a workspace."""

from app.core.actor import Actor
from app.core.mail import enqueue_mail
from app.domain.identities.mails import link
from app.domain.workspace import queries as workspace
from tenants.context import current


def invitation(actor: Actor, email: str, name: str, token: str) -> None:
    """Invite somebody; the link works once, for that address."""
    enqueue_mail(
        template="mail/invitation",
        to=email,
        language=workspace.setting("language"),
        values={
            "name": name,
            "inviter": actor.name,
            "workspace": current().name,
            "url": link(f"join/{token}"),
        },
    )
