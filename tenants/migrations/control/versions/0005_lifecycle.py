"""What operators do to whole tenants and cells: long work that is resumed, receipts and backups."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TABLES = """
-- One piece of long work on a tenant: exporting, importing, moving, deleting. `step` and `data` say where to
-- go on after a crash; `state_before` of the tenant says where to go back to.
CREATE TABLE operations (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    kind text NOT NULL CHECK (kind IN ('export', 'import', 'move', 'delete')),
    tenant_id uuid REFERENCES tenants ON DELETE SET NULL,
    slug text NOT NULL,
    state text NOT NULL DEFAULT 'running'
        CHECK (state IN ('running', 'waiting', 'done', 'failed', 'cancelled')),
    step text NOT NULL DEFAULT '',
    done bigint NOT NULL DEFAULT 0,
    total bigint,
    data jsonb NOT NULL DEFAULT '{}',
    error text,
    started_by uuid,
    started_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    finished_at timestamptz
);
-- At most one at a time changes where or whether a tenant is.
CREATE UNIQUE INDEX operations_one ON operations (tenant_id)
    WHERE state IN ('running', 'waiting') AND kind IN ('move', 'delete');
CREATE INDEX operations_tenant ON operations (tenant_id, started_at);

-- What was removed and when, with counts and no content; it outlives the tenant.
CREATE TABLE receipts (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    tenant_id uuid NOT NULL,
    slug_hash bytea NOT NULL,
    deleted_at timestamptz NOT NULL DEFAULT now(),
    removed jsonb NOT NULL
);

-- Base backups of the clusters that cells live in; the empty cell is a control database of its own.
CREATE TABLE backups (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    cell_id text REFERENCES cells ON DELETE CASCADE,
    name text NOT NULL,
    place text NOT NULL,
    state text NOT NULL DEFAULT 'running' CHECK (state IN ('running', 'done', 'failed')),
    bytes bigint,
    start_lsn text,
    end_lsn text,
    error text,
    started_at timestamptz NOT NULL DEFAULT now(),
    finished_at timestamptz
);
CREATE INDEX backups_cell ON backups (cell_id, started_at);
"""


def upgrade() -> None:
    op.execute(TABLES)
    op.execute("GRANT SELECT, INSERT, UPDATE ON operations TO kith_control")
    op.execute("GRANT SELECT ON receipts, backups TO kith_control")
