"""What is kept of a merge so that it can be taken back, for as long as it can."""

from sqlalchemy import text

from app.core.clock import now
from app.records.joining.undoing import KEPT
from tenants.session import session

PORTION = 500
# The pointer itself stays: an old address leads to the kept record for good.
_FORGET = text("""
UPDATE links SET data = data - 'moves' - 'pairs' WHERE id IN (
    SELECT id FROM links WHERE kind = 'merged' AND created_at < :before AND data ? 'moves' LIMIT :portion)
RETURNING id
""")


def clear() -> bool:
    """Forget what merges moved that are too old to be taken back; is more left?"""
    return len(session.execute(_FORGET, {"before": now() - KEPT, "portion": PORTION}).all()) >= PORTION
