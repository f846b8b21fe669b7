"""The daily upkeep of a workspace: what has run out goes, in small portions."""

from datetime import timedelta

from sqlalchemy import TextClause, text

from app.core.clock import now
from app.domain.files import erasing
from app.domain.idempotency import actions as idempotency
from tenants.session import session

JOB = "upkeep.daily"
PORTION = 500
KEPT_ACCESS = timedelta(days=30)
KEPT_TOKENS = timedelta(days=2)
KEPT_DRAFTS = timedelta(days=7)
KEPT_NOTICES = timedelta(days=180)

_GRANTS = text("""
DELETE FROM grants WHERE id IN (
    SELECT id FROM grants WHERE expires_at < :before OR revoked_at < :before LIMIT :portion)
RETURNING id
""")
# A program may fetch a token for every call; nobody asks about one that has run out.
_TOKENS = text("""
DELETE FROM grants WHERE id IN (
    SELECT id FROM grants WHERE kind IN ('access', 'code') AND expires_at < :before LIMIT :portion)
RETURNING id
""")
_NOTICES = text("""
DELETE FROM notices WHERE id IN (
    SELECT id FROM notices WHERE created_at < :before AND read_at IS NOT NULL LIMIT :portion)
RETURNING id
""")
_DRAFTS = text("""
DELETE FROM jobs WHERE id IN (
    SELECT id FROM jobs WHERE state = 'draft' AND updated_at < :before LIMIT :portion)
RETURNING id
""")


def clear() -> bool:
    """Remove a portion of what ended: sessions, tokens, notices, drafts, files, answers; is more left?"""
    removed = [
        _removed(_GRANTS, KEPT_ACCESS),
        _removed(_TOKENS, KEPT_TOKENS),
        _removed(_NOTICES, KEPT_NOTICES),
        _removed(_DRAFTS, KEPT_DRAFTS),
        erasing.clear(PORTION),
        idempotency.sweep(PORTION),
    ]
    return max(removed) >= PORTION


def _removed(statement: TextClause, kept: timedelta) -> int:
    return len(session.execute(statement, {"before": now() - kept, "portion": PORTION}).all())
