"""Authorization codes: for one app, one address and one proof key, good once and for a minute."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from app.core.clock import now
from app.core.ids import new_id
from app.core.tokens import hashed
from app.domain.apps import tokens
from app.domain.apps.models import App
from app.domain.apps.rules import CODE_LIFETIME
from app.domain.members.models import Grant
from tenants.session import session


@dataclass(frozen=True)
class Code:
    """A code that may be exchanged, and what it is bound to."""

    grant: Grant
    consent: Grant
    scopes: tuple[str, ...]
    redirect_uri: str
    challenge: str


def store(code: str, consent: Grant, scopes: Sequence[str], redirect_uri: str, challenge: str) -> None:
    """Keep a code that the app of `consent` is about to get.

    `redirect_uri` is what the app named, empty where it named none; `challenge` is the S256 challenge of
    RFC 7636.
    """
    session.add(
        Grant(
            kind="code",
            secret_hash=hashed(tokens.secret_of(code)),
            member_id=consent.member_id,
            identity_id=consent.identity_id,
            parent_id=consent.id,
            app_id=consent.app_id,
            family_id=new_id(),
            data={"scopes": list(scopes), "redirect_uri": redirect_uri, "challenge": challenge},
            created_at=now(),
            expires_at=now() + CODE_LIFETIME,
        )
    )
    session.flush()


def redeemable(text: str, app: App) -> Code | None:
    """The code behind `text`, held so that nobody else can exchange it; None where it is good no more.

    One that was exchanged before ends the tokens it gave (RFC 6749 section 4.1.2).
    """
    wanted = select(Grant).where(Grant.secret_hash == hashed(tokens.secret_of(text)), Grant.kind == "code")
    found = session.scalar(wanted.with_for_update())
    if found is None or found.app_id != app.id:
        return None
    if found.revoked_at is not None:
        tokens.end_family(app, found.family_id, "code")
        return None
    consent = tokens.consent_of(found)
    if consent is None or found.expires_at <= now():
        return None
    data = found.data
    return Code(found, consent, tuple(data["scopes"]), data["redirect_uri"], data["challenge"])


def spend(code: Code) -> None:
    """The code is good no more."""
    code.grant.revoked_at = now()
    session.flush()
