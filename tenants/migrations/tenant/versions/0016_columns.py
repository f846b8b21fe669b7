"""Saved views name their columns, and members the columns of their lists."""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

COLUMNS = """
-- Names in order, the title's first; none where the usual ones are meant.
ALTER TABLE views ADD COLUMN columns text[] NOT NULL DEFAULT '{}';
-- By object, as in {"companies": ["name", "city"]}.
ALTER TABLE members ADD COLUMN columns jsonb NOT NULL DEFAULT '{}';
"""


def upgrade() -> None:
    op.execute(COLUMNS)
