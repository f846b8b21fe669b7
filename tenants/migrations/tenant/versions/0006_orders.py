"""Companies are sorted by their e-mail address as contacts are."""

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

later = (
    "CREATE INDEX CONCURRENTLY IF NOT EXISTS companies_email_sorted"
    " ON companies (ext.sort_key(email), id, lifecycle, country, owner_id, created_at, updated_at)"
    " WHERE deleted_at IS NULL",
)


def upgrade() -> None:
    """All of it is done beside the work."""
