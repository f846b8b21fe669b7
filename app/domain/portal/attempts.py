"""How often one may try at a portal: limits per account and network, in the control database, by company."""

from datetime import timedelta

from app.core.limits import Bound, count, refuse_if_spent, throttle_all
from app.domain.identities.attempts import network_of
from tenants.context import current

QUARTER = timedelta(minutes=15)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def may_sign_in(email: str, address: str) -> None:
    """Raises LimitReached after too many wrong passwords for the account or from the network."""
    refuse_if_spent(*_wrong_password(email, address))


def wrong_password(email: str, address: str) -> None:
    """Count a wrong password."""
    count(*_wrong_password(email, address))


def mail_to(kind: str, email: str, address: str) -> None:
    """Count a mail that a stranger asks for; raises LimitReached, whether or not it would be sent."""
    here = current().id.hex
    throttle_all(
        Bound(f"portal-mail-from:{network_of(address)}", 60, HOUR),
        Bound(f"portal-{kind}:{here} {email}", 6, HOUR),
        Bound(f"portal-mails:{here}", 2_000, HOUR),
    )


def code(address: str) -> None:
    """Count a try of a link out of a mail."""
    throttle_all(Bound(f"portal-code-from:{network_of(address)}", 120, QUARTER))


def invitation() -> None:
    """Count an invitation of this company."""
    throttle_all(Bound(f"portal-invitations:{current().id.hex}", 1_000, DAY))


def report(contact_id: str) -> None:
    """Count a report of a customer."""
    throttle_all(Bound(f"portal-report:{current().id.hex} {contact_id}", 60, HOUR))


def _wrong_password(email: str, address: str) -> tuple[Bound, ...]:
    here, net = current().id.hex, network_of(address)
    return (
        Bound(f"portal-sign-in-here:{here} {net} {email}", 10, QUARTER),
        Bound(f"portal-sign-in-account:{here} {email}", 50, QUARTER),
        Bound(f"portal-sign-in-from:{net}", 80, QUARTER),
    )
