"""What a pooler before the cell has to know: the secrets of the buckets' logins, as the server keeps them."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "CREATE TABLE kith.pooler_logins ("
        " login text PRIMARY KEY CHECK (login ~ '^b_[a-z2-7]{16}$'), secret text NOT NULL)"
    )
