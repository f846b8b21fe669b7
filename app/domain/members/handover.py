"""From the base host into a workspace: a sealed code that lives a minute and lets in once.

Making one writes nothing, so a GET may do it. The id of the session that it begins is in it: the second
who comes with the same code finds that session there and is refused.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

import orjson
from cryptography.fernet import InvalidToken

from app.core.clock import now
from app.core.ids import new_id
from app.domain.identities import queries as identity_queries
from app.domain.identities import sessions as identity_sessions
from app.domain.identities.sessions import SignedIn, Where
from app.domain.members import queries, sessions
from app.domain.members.models import Member
from tenants.context import Tenant
from tenants.engines import engines

LIFETIME = timedelta(seconds=60)


def code(who: SignedIn, tenant: Tenant, mark: str) -> str:
    """A code that lets `who` into `tenant`, and nowhere else, in the browser that bears `mark` there."""
    told = {
        "use": "handover", "tenant": tenant.id, "session": who.session_id, "grant": new_id(), "mark": mark,
        "until": (now() + LIFETIME).isoformat(),
    }  # fmt: skip
    return engines().vault.seal(orjson.dumps(told).decode())


def redeem(
    text: str, tenant: Tenant, where: Where, bears: Callable[[str], bool]
) -> tuple[str, Member] | None:
    """The cookie of a session begun by this code, and whose it is; None where the code lets nobody in.

    `bears` tells whether the browser bears a mark: nobody is signed in by a code that a stranger gave him.
    """
    told = _opened(text)
    if told is None or told["tenant"] != str(tenant.id) or datetime.fromisoformat(told["until"]) <= now():
        return None
    if not bears(told["mark"]):
        return None
    who = identity_sessions.find_by_id(UUID(told["session"]))
    member = queries.of_identity(who.identity.id) if who else None
    if who is None or member is None:
        return None
    identity_sessions.touch(who.session_id)
    cookie = sessions.begin(
        member,
        tenant,
        grant_id=UUID(told["grant"]),
        parent=who,
        where=where,
    )
    return (cookie, member) if cookie else None


def whose(text: str) -> UUID | None:
    """The identity that a code would let in; looking does not use it up."""
    told = _opened(text)
    who = identity_sessions.find_by_id(UUID(told["session"])) if told else None
    return who.identity.id if who else None


def is_member(who: SignedIn, tenant: Tenant) -> bool:
    """Whether it makes sense to hand `who` over."""
    return identity_queries.is_member(who.identity.id, tenant.id)


def _opened(text: str) -> dict[str, str] | None:
    try:
        told = orjson.loads(engines().vault.open(text))
    except (InvalidToken, orjson.JSONDecodeError, UnicodeError):
        return None
    return told if isinstance(told, dict) and told.get("use") == "handover" else None
