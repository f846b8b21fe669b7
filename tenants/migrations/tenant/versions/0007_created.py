"""Lists of every object are sorted by when its records came, as those of people and companies are."""

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

TABLES = "deals products orders line_items deliveries incidents activities".split()

later = tuple(
    f"CREATE INDEX CONCURRENTLY IF NOT EXISTS {table}_created ON {table} (created_at, id)"
    " WHERE deleted_at IS NULL"
    for table in TABLES
)


def upgrade() -> None:
    """All of it is done beside the work."""
