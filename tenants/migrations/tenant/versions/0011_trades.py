"""Companies are found by their trade, as people filter them by."""

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

later = (
    "CREATE INDEX CONCURRENTLY IF NOT EXISTS companies_industry"
    " ON companies (ext.sort_key(industry)) WHERE deleted_at IS NULL",
)


def upgrade() -> None:
    """Nothing but what comes later."""
