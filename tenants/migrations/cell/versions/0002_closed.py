"""Who stages a job wakes the relay without a right of its own to tell anybody anything."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER FUNCTION kith.wake_relay() SECURITY DEFINER")
