"""Cases of an order are found by it, and those in the trash as such: what belongs to them is looked up."""

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

later = (
    "CREATE INDEX CONCURRENTLY IF NOT EXISTS cases_order_id ON cases (order_id)",
    "CREATE INDEX CONCURRENTLY IF NOT EXISTS cases_trash ON cases (updated_at, id) WHERE deleted_at IS NOT NULL",
)


def upgrade() -> None:
    """All of it is done beside the work."""
