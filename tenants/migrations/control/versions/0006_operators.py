"""Who runs the installation and what they may do: operators, support access by consent, switches, keys."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE operators (
    identity_id uuid PRIMARY KEY REFERENCES identities ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT now()
);

-- Support looks into a workspace only with a reason, with the company's consent and for a time.
CREATE TABLE support_accesses (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    tenant_id uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
    operator_id uuid NOT NULL REFERENCES identities,
    reason text NOT NULL CHECK (reason <> ''),
    minutes integer NOT NULL CHECK (minutes BETWEEN 5 AND 1440),
    state text NOT NULL DEFAULT 'asked' CHECK (state IN ('asked', 'granted', 'refused', 'ended')),
    may_write boolean NOT NULL DEFAULT false,
    asked_at timestamptz NOT NULL DEFAULT now(),
    answered_by uuid,
    answered_at timestamptz,
    expires_at timestamptz,
    ended_at timestamptz
);
CREATE INDEX support_accesses_tenant ON support_accesses (tenant_id, asked_at);
CREATE INDEX support_accesses_operator ON support_accesses (operator_id, asked_at);

-- Switches of the whole installation, such as maintenance.
CREATE TABLE switches (
    name text PRIMARY KEY,
    value jsonb NOT NULL DEFAULT '{}',
    changed_by uuid,
    changed_at timestamptz NOT NULL DEFAULT now()
);

-- Envelope encryption: data keys, each wrapped by the master key that a provider keeps.
CREATE TABLE data_keys (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    provider text NOT NULL,
    master text NOT NULL,
    wrapped bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    retired_at timestamptz
);

-- When the password was asked last, where that is not when the session began.
ALTER TABLE identity_sessions ADD COLUMN proven_at timestamptz;
CREATE INDEX operator_facts_tenant ON operator_facts (tenant_id, at) WHERE tenant_id IS NOT NULL;
"""

# Heard by the same listeners as news of tenants: no id means that anything may have changed.
TELL = """
CREATE FUNCTION tell_switch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_catalog.pg_notify('kith_tenants', '');
    RETURN NULL;
END $$;
REVOKE EXECUTE ON FUNCTION tell_switch() FROM PUBLIC;
CREATE TRIGGER tell_switch AFTER INSERT OR UPDATE OR DELETE ON switches
    FOR EACH ROW EXECUTE FUNCTION tell_switch();
"""

GRANTS = """
GRANT SELECT, INSERT, UPDATE, DELETE ON operators, switches TO kith_control;
GRANT SELECT, INSERT, UPDATE ON support_accesses, data_keys TO kith_control;
"""


def upgrade() -> None:
    op.execute(TABLES)
    op.execute(TELL)
    op.execute(GRANTS)
