"""A unique value of a record that was merged away is found; possible duplicates lie in their order."""

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

later = (
    "CREATE INDEX CONCURRENTLY IF NOT EXISTS links_once ON links USING gin ((data -> 'once'))"
    " WHERE kind = 'merged'",
    "CREATE INDEX CONCURRENTLY IF NOT EXISTS links_likely"
    " ON links (from_object, CAST(data ->> 'score' AS integer) DESC, id) WHERE kind = 'duplicate'",
)


def upgrade() -> None:
    """All of it is done beside the work."""
