"""A request that comes twice has one effect and one answer, whatever broke in between."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, text
from sqlalchemy.exc import IntegrityError

from app.core.clock import now
from app.core.errors import Conflict, Invalid
from app.core.text import N_
from app.domain.apps.tokens import Beside
from app.domain.idempotency.models import IdempotencyKey
from app.records.plain import dumps
from tenants import direct
from tenants.session import session

KEPT = timedelta(hours=24)
LONGEST = 255
HEADER = "Idempotency-Key"

BAD_KEY = N_("An idempotency key has 1 to 255 visible ASCII characters.")
REUSED = N_("This key came with another request before. Take a new key for each new request.")
RUNNING = N_("The first request with this key is still running. Repeat this one in a moment.")

# The lock is held until the transaction ends: whoever comes with the same key meanwhile is told so at once.
_COLUMNS = """
    ext.try_hold(hashtextextended(replace(CAST(g.app_id AS text), '-', '') || ' ' || :key, 7)) AS is_ours,
    k.request_hash, k.status, k.headers, k.body"""
_KEPT = "\n  LEFT JOIN idempotency_keys k ON k.app_id = g.app_id AND k.key = :key AND k.created_at > :since"
_ENTER = text(f"SELECT {_COLUMNS} FROM (SELECT CAST(:app_id AS uuid) AS app_id) g {_KEPT}")  # noqa: S608 - our own
# What the lock cannot see is a transaction that ended between its two looks: the row itself decides. Where it
# is still good no status is allowed, and the statement fails with all that its transaction did.
_KEEP = text("""
INSERT INTO idempotency_keys AS kept (app_id, key, request_hash, status, headers, body, created_at)
VALUES (:app_id, :key, :hash, :status, CAST(:headers AS jsonb), :body, :now)
    ON CONFLICT (app_id, key) DO UPDATE SET request_hash = excluded.request_hash,
       status = CASE WHEN kept.created_at <= :since THEN excluded.status END,
       headers = excluded.headers, body = excluded.body, created_at = excluded.created_at
""")


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


def beside(key: str) -> Beside | None:
    """What `enter` asks about `key`, to be asked together with who comes in; None for what is no key."""
    return Beside(_COLUMNS, _KEPT, _asked(key)) if _is_key(key) else None


def enter(request: Request, known: Any = None) -> Answer | None:
    """The answer that the same request got within the last day; None: it is this transaction's to answer.

    `known` is what was asked `beside` this transaction's entry. Raises Running while another transaction
    works on it, Invalid where the key was used for another request.
    """
    if not _is_key(request.key):
        raise Invalid.one(HEADER, "bad_key", BAD_KEY)
    kept = known
    if kept is None:
        (kept,) = direct.rows(_ENTER, {"app_id": request.app_id, **_asked(request.key)})
    if not kept.is_ours:
        raise Running(RUNNING)
    if kept.status is None:
        return None
    if kept.request_hash != request.hash:
        raise Invalid.one(HEADER, "key_reused", REUSED)
    return Answer(kept.status, kept.headers, kept.body)


def _is_key(key: str) -> bool:
    return 1 <= len(key) <= LONGEST and all("!" <= letter <= "~" for letter in key)


def _asked(key: str) -> dict[str, Any]:
    return {"key": key, "since": now() - KEPT}


def keep(request: Request, answer: Answer) -> None:
    """Keep the answer in the transaction of its effect, which it ends.

    Raises Running where another was kept meanwhile; the effect is undone then.
    """
    values = {
        "app_id": request.app_id,
        "key": request.key,
        "hash": request.hash,
        "status": answer.status,
        "headers": dumps(dict(answer.headers)),
        "body": answer.body,
        "now": now(),
        "since": now() - KEPT,
    }
    try:
        direct.rows(_KEEP, values, is_last=True)
    except IntegrityError:
        raise Running(RUNNING) from None


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
