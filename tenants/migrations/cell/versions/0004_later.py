"""Which parts of revisions that are left for later are done in a tenant's schema."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE kith.tenant_rev ADD COLUMN later text[] NOT NULL DEFAULT '{}'")
