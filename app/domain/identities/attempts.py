"""How often one may try: limits per account and per network address, kept in the control database."""

from datetime import timedelta
from ipaddress import IPv6Address, ip_address, ip_network

from app.core import process
from app.core.limits import Bound, count, refuse_if_spent, throttle, throttle_all, throttling
from app.domain.identities.queries import Hashes, hashes_by

QUARTER = timedelta(minutes=15)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def _wrong_passwords(email: str, address: str) -> tuple[Bound, ...]:
    net = network_of(address)
    return (
        Bound(f"sign-in-here:{net} {email}", 10, QUARTER),
        Bound(f"sign-in-account:{email}", 50, QUARTER),
        Bound(f"sign-in-from:{net}", 80, QUARTER),
    )


def may_sign_in(email: str, address: str) -> None:
    """Raises LimitReached after too many wrong passwords for the account or from the address."""
    refuse_if_spent(*_wrong_passwords(email, address))


def wrong_password(email: str, address: str) -> None:
    """Count a wrong password."""
    count(*_wrong_passwords(email, address))


def sign_up(email: str, address: str) -> Hashes:
    """Count a sign-up; raises LimitReached where one has too many: an address, its network, a mailbox, the
    domain of the mailbox, or all together.

    The stored passwords of who may have this e-mail, read on the way.
    """
    in_all = process.settings().signups_per_hour
    bounds = (
        Bound(f"sign-up-from:{network_of(address)}", min(300, in_all), HOUR),
        Bound(f"sign-up-near:{wide_network_of(address)}", min(600, in_all), HOUR),
        Bound(f"sign-up-mailbox:{email}", 30, DAY),
        # Large providers' too: half of all newcomers of an hour may have the same.
        Bound(f"sign-up-domain:{email.rpartition('@')[2]}", max(1, in_all // 2), HOUR),
        Bound("sign-up-all:", in_all, HOUR),
    )
    with throttling(*bounds) as connection:
        return hashes_by(connection, email)


def mail_to(kind: str, email: str, address: str) -> None:
    """Count a mail that a stranger asks us to send; raises LimitReached, whether or not it would be sent."""
    throttle_all(Bound(f"mail-from:{network_of(address)}", 60, HOUR), Bound(f"mail-{kind}:{email}", 6, HOUR))


def code(address: str) -> None:
    """Count a try of a code out of a mail."""
    throttle(f"code-from:{network_of(address)}", 120, QUARTER)


def wide_network_of(address: str) -> str:
    """The neighbourhood of a visitor: the /24 of IPv4, the /56 that a provider gives one customer in IPv6."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return "unknown"
    return str(ip_network(f"{parsed}/{56 if isinstance(parsed, IPv6Address) else 24}", strict=False))


def network_of(address: str) -> str:
    """What one visitor is taken to be: an IPv4 address, or the /64 that a household has in IPv6."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(parsed, IPv6Address):
        return str(ip_network(f"{parsed}/64", strict=False))
    return str(parsed)
