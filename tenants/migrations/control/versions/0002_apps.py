"""Developers' apps: global, with hashed secrets; what a company grants them lies in its own schema."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE apps (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    client_id text NOT NULL UNIQUE,
    name text NOT NULL,
    description text NOT NULL DEFAULT '',
    homepage text NOT NULL DEFAULT '',
    kind text NOT NULL DEFAULT 'confidential' CHECK (kind IN ('confidential', 'public')),
    redirect_uris text[] NOT NULL DEFAULT '{}',
    grant_types text[] NOT NULL DEFAULT '{}',
    scopes text[] NOT NULL DEFAULT '{}',
    secret_hash bytea,
    previous_secret_hash bytea,
    previous_secret_until timestamptz,
    tenant_id uuid REFERENCES tenants ON DELETE CASCADE,
    identity_id uuid REFERENCES identities ON DELETE SET NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    disabled_at timestamptz
);
CREATE INDEX apps_tenant ON apps (tenant_id);
CREATE INDEX apps_identity ON apps (identity_id);
"""


def upgrade() -> None:
    op.execute(TABLES)
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON apps TO kith_control")
