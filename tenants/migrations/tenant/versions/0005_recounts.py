"""Records whose roll-ups wait to be counted."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

RECOUNTS = """
-- Whoever changes what a roll-up is made of adds rows here and waits for nobody; a job takes many at once.
CREATE TABLE recounts (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    object text NOT NULL,
    record_id uuid NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
GRANT SELECT, INSERT, UPDATE, DELETE, MAINTAIN ON recounts TO kith_tenant;
"""


def upgrade() -> None:
    op.execute(RECOUNTS)
