"""Objects that tenants add: their records share a table."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

RECORDS = """
CREATE TABLE records (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    created_by uuid,
    updated_by uuid,
    deleted_at timestamptz,
    custom jsonb NOT NULL DEFAULT '{}',
    object text NOT NULL,
    name text NOT NULL,
    owner_id uuid REFERENCES members ON DELETE SET NULL
);
CREATE INDEX records_name ON records (object, ext.sort_key(name), id) WHERE deleted_at IS NULL;
CREATE INDEX records_updated ON records (object, updated_at, id) WHERE deleted_at IS NULL;
CREATE INDEX records_created ON records (object, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX records_owner ON records (owner_id);
GRANT SELECT, INSERT, UPDATE, DELETE, MAINTAIN ON records TO kith_tenant;
"""


def upgrade() -> None:
    op.execute(RECORDS)
