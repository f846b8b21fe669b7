"""Records that may be one are found among those of a postcode, however their names are spelled."""

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

later = tuple(
    f"CREATE INDEX CONCURRENTLY IF NOT EXISTS {table}_postcode ON {table} (postcode) WHERE deleted_at IS NULL"
    for table in ("companies", "contacts")
)


def upgrade() -> None:
    """All of it is done beside the work."""
