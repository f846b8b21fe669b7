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

-- Where an app was let in, so that disabling it reaches every workspace.
CREATE TABLE app_tenants (
    app_id uuid NOT NULL REFERENCES apps ON DELETE CASCADE,
    tenant_id uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (app_id, tenant_id)
);
CREATE INDEX app_tenants_tenant ON app_tenants (tenant_id);

-- Devices that wait for a person (RFC 8628); the workspace is known only when somebody has allowed one.
CREATE TABLE device_codes (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    app_id uuid NOT NULL REFERENCES apps ON DELETE CASCADE,
    secret_hash bytea NOT NULL UNIQUE,
    user_code_hash bytea NOT NULL UNIQUE,
    scopes text[] NOT NULL,
    state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'allowed', 'refused', 'spent')),
    tenant_id uuid REFERENCES tenants ON DELETE CASCADE,
    member_id uuid,
    consent_id uuid,
    created_at timestamptz NOT NULL DEFAULT now(),
    polled_at timestamptz,
    expires_at timestamptz NOT NULL
);
CREATE INDEX device_codes_age ON device_codes (expires_at);
"""


def upgrade() -> None:
    op.execute(TABLES)
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON apps, app_tenants, device_codes TO kith_control")
