"""The control database: who may sign in, which tenants exist and where they live."""

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE cells (
    id text PRIMARY KEY,
    dsn_encrypted text NOT NULL,
    region text NOT NULL DEFAULT 'home',
    state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'closed', 'down')),
    capacity integer NOT NULL DEFAULT 2500,
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE buckets (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    cell_id text NOT NULL REFERENCES cells,
    login_role text NOT NULL UNIQUE,
    password_encrypted text NOT NULL,
    tenants_count integer NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL DEFAULT now()
);

-- A spare is a tenant that nobody has claimed yet: its schema stands, its slug is null.
CREATE TABLE tenants (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    slug text UNIQUE,
    name text,
    region text NOT NULL DEFAULT 'home',
    cell_id text NOT NULL REFERENCES cells,
    bucket_id uuid NOT NULL REFERENCES buckets,
    schema_name text NOT NULL UNIQUE CHECK (schema_name ~ '^t_[a-z2-7]{16}$'),
    state text NOT NULL DEFAULT 'building' CHECK (state IN (
        'building', 'spare', 'claimed', 'trial', 'active', 'past_due', 'read_only',
        'frozen', 'suspended', 'moving', 'deleting')),
    schema_rev text,
    epoch integer NOT NULL DEFAULT 1,
    signup_id uuid UNIQUE,
    created_at timestamptz NOT NULL DEFAULT now(),
    claimed_at timestamptz,
    state_changed_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX tenants_spare ON tenants (cell_id, created_at) WHERE state = 'spare';
CREATE INDEX tenants_claimed ON tenants (claimed_at) WHERE state = 'claimed';

CREATE TABLE migration_runs (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    cell_id text REFERENCES cells,
    scope text NOT NULL CHECK (scope IN ('control', 'cell', 'tenant')),
    revision text NOT NULL,
    started_at timestamptz NOT NULL DEFAULT now(),
    finished_at timestamptz
);

CREATE TABLE migration_errors (
    tenant_id uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
    revision text NOT NULL,
    error text NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, revision)
);

-- One person, one identity, whatever the number of workspaces. Only who has confirmed an address owns it: until
-- then others may sign up with it too, so that nobody learns from a sign-up who has an account.
CREATE TABLE identities (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    email text NOT NULL CHECK (email = lower(email)),
    name text NOT NULL,
    password_hash text,
    confirmed_at timestamptz,
    language text NOT NULL DEFAULT 'en',
    created_at timestamptz NOT NULL DEFAULT now(),
    password_changed_at timestamptz NOT NULL DEFAULT now(),
    disabled_at timestamptz
);
CREATE UNIQUE INDEX identities_owner ON identities (email) WHERE confirmed_at IS NOT NULL;
CREATE INDEX identities_email ON identities (email, created_at);

CREATE TABLE memberships (
    identity_id uuid NOT NULL REFERENCES identities ON DELETE CASCADE,
    tenant_id uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (identity_id, tenant_id)
);
CREATE INDEX memberships_tenant ON memberships (tenant_id);

-- Browser sessions on the base host; only the hash of the secret is kept.
CREATE TABLE identity_sessions (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    identity_id uuid NOT NULL REFERENCES identities ON DELETE CASCADE,
    secret_hash bytea NOT NULL UNIQUE,
    user_agent text NOT NULL DEFAULT '',
    address text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL DEFAULT now(),
    last_used_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz
);
CREATE INDEX identity_sessions_identity ON identity_sessions (identity_id);

-- Single use: confirm an address, reset a password, change an address.
CREATE TABLE one_time_codes (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    purpose text NOT NULL CHECK (purpose IN ('confirm', 'reset', 'change_email')),
    secret_hash bytea NOT NULL UNIQUE,
    identity_id uuid NOT NULL REFERENCES identities ON DELETE CASCADE,
    data jsonb NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    used_at timestamptz
);
CREATE INDEX one_time_codes_identity ON one_time_codes (identity_id, purpose);

-- Limits with a security meaning live here, not in Redis, so that a wiped Redis resets none.
CREATE TABLE throttles (
    key text PRIMARY KEY,
    window_started_at timestamptz NOT NULL DEFAULT now(),
    hits integer NOT NULL DEFAULT 0
);

-- Mail that belongs to no tenant (confirm, reset, find my workspace) waits here for the relay.
-- The columns are those of a cell's outbox, so that one relay reads both; `tenant` stays empty.
CREATE TABLE control_outbox (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    tenant text NOT NULL DEFAULT '' CHECK (tenant = ''),
    queue text NOT NULL DEFAULT 'mail',
    name text NOT NULL,
    payload jsonb NOT NULL DEFAULT '{}',
    key text UNIQUE,
    due_at timestamptz NOT NULL DEFAULT now(),
    state text NOT NULL DEFAULT 'staged' CHECK (state IN ('staged', 'sent', 'dead')),
    attempts integer NOT NULL DEFAULT 0,
    losses integer NOT NULL DEFAULT 0,
    leased_until timestamptz,
    error text,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX control_outbox_due ON control_outbox (due_at) WHERE state = 'staged';
CREATE INDEX control_outbox_leased ON control_outbox (leased_until) WHERE state = 'sent';

CREATE TABLE operator_facts (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    at timestamptz NOT NULL DEFAULT now(),
    verb text NOT NULL,
    identity_id uuid,
    tenant_id uuid,
    address text NOT NULL DEFAULT '',
    details jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX operator_facts_identity ON operator_facts (identity_id, at);
"""

# kith_control is the role of every ordinary control transaction: data, never structure.
GRANTS = """
GRANT SELECT, INSERT, UPDATE, DELETE ON identities, memberships, identity_sessions,
    one_time_codes, throttles, control_outbox TO kith_control;
GRANT SELECT, UPDATE ON tenants TO kith_control;
GRANT SELECT ON cells, buckets, migration_runs, migration_errors TO kith_control;
GRANT SELECT, INSERT ON operator_facts TO kith_control;
"""

WAKE = """
CREATE FUNCTION wake_relay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_catalog.pg_notify('kith_outbox', '');
    RETURN NULL;
END $$;
REVOKE EXECUTE ON FUNCTION wake_relay() FROM PUBLIC;
CREATE TRIGGER wake_relay AFTER INSERT ON control_outbox
    FOR EACH ROW WHEN (new.due_at <= clock_timestamp()) EXECUTE FUNCTION wake_relay();
"""


def upgrade() -> None:
    op.execute(TABLES)
    op.execute(GRANTS)
    op.execute(WAKE)
