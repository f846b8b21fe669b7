"""What is kept of merges and searches for no longer than it is of use."""

from datetime import timedelta

from sqlalchemy import text

from app.core.clock import now
from app.domain.duplicates import walking
from app.records.joining.undoing import KEPT
from tenants.session import session

PORTION = 500
# A search that stopped on its way may be tried again for so long without reading all records anew.
STOPPED = timedelta(days=1)
# The pointer itself stays: an old address leads to the kept record for good.
_FORGET = text("""
UPDATE links SET data = data - 'moves' - 'pairs' WHERE id IN (
    SELECT id FROM links WHERE kind = 'merged' AND created_at < :before AND data ? 'moves' LIMIT :portion)
RETURNING id
""")


def clear() -> bool:
    """Forget what merges moved that are too old to be taken back, and what searches left; is more left?"""
    walking.forget_stopped(now() - STOPPED)
    return len(session.execute(_FORGET, {"before": now() - KEPT, "portion": PORTION}).all()) >= PORTION
