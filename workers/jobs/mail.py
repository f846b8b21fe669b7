"""Mail goes out here, never inside a request."""

from typing import Any

from app.core.mail import JOB, Letter, send
from app.domain.plans import actions as plans
from app.domain.plans import usage
from app.ui.mail import render
from tenants.context import maybe_current
from workers.registry import job

# With an hour between the later ones: about a day of a mail server's absence.
ATTEMPTS = 32


@job(JOB, attempts=ATTEMPTS)
@job(JOB, scope="control", attempts=ATTEMPTS)
def send_mail(payload: dict[str, Any]) -> None:
    """Render and send one mail."""
    rendered = render(payload["template"], payload["values"], payload["language"])
    tenant = maybe_current()
    if tenant:
        plans.check("mails")
    send(
        Letter(
            id=payload["id"],
            to=payload["to"],
            subject=rendered.subject,
            text=rendered.text,
            html=rendered.html,
            sender=f"{tenant.name} (Kith)" if tenant else "Kith",
            language=payload["language"],
        )
    )
    usage.count("mails")
