"""Regions and cells: where tenants may live, behind which pooler, and whether the cell answers."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TABLES = """
-- Where in the world data may lie; a company chooses one when it signs up.
CREATE TABLE regions (
    id text PRIMARY KEY CHECK (id ~ '^[a-z][a-z0-9-]{0,31}$'),
    label text NOT NULL,
    -- Where it lies: a browser in the same part of the world is offered it first.
    time_zone text NOT NULL DEFAULT 'Etc/UTC',
    position integer NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL DEFAULT now()
);
INSERT INTO regions (id, label) VALUES ('home', 'Home');

ALTER TABLE cells ADD CONSTRAINT cells_region FOREIGN KEY (region) REFERENCES regions;
ALTER TABLE tenants ADD CONSTRAINT tenants_region FOREIGN KEY (region) REFERENCES regions;
-- The pooler before the cell, for ordinary transactions; without one they go to the server itself.
ALTER TABLE cells ADD COLUMN pooler_encrypted text;
-- What the watch has seen last: NULL as long as the cell answers.
ALTER TABLE cells ADD COLUMN down_since timestamptz;
"""

# Processes remember tenants. Nobody remembers one that was not signed up before the change.
TELL = """
CREATE FUNCTION tell_tenant() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_catalog.pg_notify('kith_tenants', old.id::text);
    RETURN NULL;
END $$;
REVOKE EXECUTE ON FUNCTION tell_tenant() FROM PUBLIC;
CREATE TRIGGER tell_change AFTER UPDATE ON tenants FOR EACH ROW
    WHEN (old.state NOT IN ('building', 'spare', 'claimed') AND old.* IS DISTINCT FROM new.*)
    EXECUTE FUNCTION tell_tenant();
CREATE TRIGGER tell_end AFTER DELETE ON tenants FOR EACH ROW
    WHEN (old.state NOT IN ('building', 'spare', 'claimed'))
    EXECUTE FUNCTION tell_tenant();
"""


def upgrade() -> None:
    op.execute(TABLES)
    op.execute(TELL)
    op.execute("GRANT SELECT ON regions TO kith_control")
