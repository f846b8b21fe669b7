"""A request that comes twice has one effect and one answer, whatever broke in between."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, func, select, text
from sqlalchemy.dialects.postgresql import insert

from app.core.clock import now
from app.core.errors import Conflict, Invalid
from app.core.text import N_
from app.domain.idempotency.models import IdempotencyKey
from tenants.session import session

KEPT = timedelta(hours=24)
LONGEST = 255
HEADER = "Idempotency-Key"

BAD_KEY = N_("An idempotency key has 1 to 255 visible ASCII characters.")
REUSED = N_("This key came with another request before. Take a new key for each new request.")
RUNNING = N_("The first request with this key is still running. Repeat this one in a moment.")

# Held until the transaction ends: whoever comes with the same key meanwhile is told so at once.
_LOCK = text(
    "SELECT pg_try_advisory_xact_lock(hashtextextended(current_schema() || ' ' || :app || ' ' || :key, 7))"
)


class Running(Conflict):
    """The first request with the same key has not ended yet; `retry_after` in seconds."""

    retry_after = 1


@dataclass(frozen=True)
class Request:
    """One request of an app: its key, and a hash of all that it asks."""

    app_id: UUID
    key: str
    hash: bytes


@dataclass(frozen=True)
class Answer:
    """An answer as it was given the first time."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def enter(request: Request) -> Answer | None:
    """The answer that the same request got within the last day, or None: it is this transaction's to answer.

    Raises Running while another transaction works on it, Invalid where the key was used for another request.
    """
    if not 1 <= len(request.key) <= LONGEST or not all("!" <= letter <= "~" for letter in request.key):
        raise Invalid.one(HEADER, "bad_key", BAD_KEY)
    if not session.scalar(_LOCK, {"app": request.app_id.hex, "key": request.key}):
        raise Running(RUNNING)
    kept = session.execute(
        select(
            IdempotencyKey.request_hash, IdempotencyKey.status, IdempotencyKey.headers, IdempotencyKey.body
        ).where(
            IdempotencyKey.app_id == request.app_id,
            IdempotencyKey.key == request.key,
            IdempotencyKey.created_at > now() - KEPT,
        )
    ).one_or_none()
    if kept is None:
        return None
    if kept.request_hash != request.hash:
        raise Invalid.one(HEADER, "key_reused", REUSED)
    return Answer(kept.status, kept.headers, kept.body)


def keep(request: Request, answer: Answer) -> None:
    """Keep the answer in the transaction of its effect."""
    values = {
        "request_hash": request.hash,
        "status": answer.status,
        "headers": dict(answer.headers),
        "body": answer.body,
        "created_at": now(),
    }
    statement = insert(IdempotencyKey).values(app_id=request.app_id, key=request.key, **values)
    session.execute(statement.on_conflict_do_update(index_elements=["app_id", "key"], set_=values))


def sweep(most: int) -> int:
    """Forget at most so many answers that are older than a day; how many."""
    old = (
        select(IdempotencyKey.app_id, IdempotencyKey.key)
        .where(IdempotencyKey.created_at < now() - KEPT)
        .limit(most)
        .cte("old")
    )
    gone = delete(IdempotencyKey).where(
        IdempotencyKey.app_id == old.c.app_id, IdempotencyKey.key == old.c.key
    )
    return len(session.execute(gone.returning(func.length(IdempotencyKey.key))).all())
