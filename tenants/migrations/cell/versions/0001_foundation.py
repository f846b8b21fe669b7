"""What every cell has beside its tenants: the outbox, and the revision of each tenant's schema."""

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = """
-- A tenant's role stages, sees and removes its own rows only; the relay works as the owner.
CREATE TABLE kith.outbox (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    tenant text NOT NULL DEFAULT current_user,
    queue text NOT NULL DEFAULT 'fast',
    name text NOT NULL,
    payload jsonb NOT NULL DEFAULT '{}',
    key text,
    due_at timestamptz NOT NULL DEFAULT now(),
    state text NOT NULL DEFAULT 'staged' CHECK (state IN ('staged', 'sent', 'dead')),
    attempts integer NOT NULL DEFAULT 0,
    losses integer NOT NULL DEFAULT 0,
    leased_until timestamptz,
    error text,
    created_at timestamptz NOT NULL DEFAULT now()
) WITH (autovacuum_vacuum_scale_factor = 0.02, fillfactor = 80);
CREATE UNIQUE INDEX outbox_key ON kith.outbox (tenant, key) WHERE key IS NOT NULL;
CREATE INDEX outbox_due ON kith.outbox (due_at) WHERE state = 'staged';
CREATE INDEX outbox_leased ON kith.outbox (leased_until) WHERE state = 'sent';
-- The relay walks from lane to lane, a lane being one queue of one tenant.
CREATE INDEX outbox_lanes ON kith.outbox (tenant, queue, due_at) WHERE state = 'staged';

-- Written in the transaction of the schema's own change, so it is never ahead of it and never behind.
CREATE TABLE kith.tenant_rev (
    schema_name text PRIMARY KEY,
    rev text NOT NULL,
    at timestamptz NOT NULL DEFAULT now()
);
"""

# The pattern keeps bucket logins, which are PUBLIC too, from staging anything in a name of their own.
GUARD = """
ALTER TABLE kith.outbox ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_rows_seen ON kith.outbox FOR SELECT USING (tenant = current_user);
CREATE POLICY own_rows_staged ON kith.outbox FOR INSERT
    WITH CHECK (tenant = current_user AND tenant ~ '^t_[a-z2-7]{16}$');
CREATE POLICY own_rows_removed ON kith.outbox FOR DELETE USING (tenant = current_user);
GRANT USAGE ON SCHEMA kith TO PUBLIC;
GRANT SELECT, INSERT, DELETE ON kith.outbox TO PUBLIC;
"""

# Tenants may not use plpgsql; a trigger's function is not asked for that right when it runs.
WAKE = """
CREATE FUNCTION kith.wake_relay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_catalog.pg_notify('kith_outbox', '');
    RETURN NULL;
END $$;
REVOKE EXECUTE ON FUNCTION kith.wake_relay() FROM PUBLIC;
CREATE TRIGGER wake_relay AFTER INSERT ON kith.outbox
    FOR EACH ROW WHEN (new.due_at <= clock_timestamp()) EXECUTE FUNCTION kith.wake_relay();
"""


def upgrade() -> None:
    for statements in (TABLES, GUARD, WAKE):
        op.execute(statements)
