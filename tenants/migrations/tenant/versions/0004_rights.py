"""Who may do what: the roles of a company's own, teams, and what finds the records of an owner."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

RIGHTS = """
-- What a role gives: `objects` {object: {verb: none|own|team|all|deny}}, `fields` {object: {field: hide|lock}}.
CREATE TABLE roles (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    name text NOT NULL,
    description text NOT NULL DEFAULT '',
    objects jsonb NOT NULL DEFAULT '{}',
    fields jsonb NOT NULL DEFAULT '{}',
    permissions text[] NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX roles_name ON roles (lower(name));

CREATE TABLE teams (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    name text NOT NULL,
    parent_id uuid REFERENCES teams ON DELETE SET NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX teams_name ON teams (lower(name));
GRANT SELECT, INSERT, UPDATE, DELETE, MAINTAIN ON roles, teams TO kith_tenant;

-- Members have few of both, and every request reads them with the member: arrays, and no tables beside.
ALTER TABLE members
    ADD COLUMN role_ids uuid[] NOT NULL DEFAULT '{}',
    ADD COLUMN team_ids uuid[] NOT NULL DEFAULT '{}';
"""

OWNED = "companies contacts deals orders deliveries incidents cases activities threads".split()
# Objects without an owner belong to who made them.
MADE = "products line_items".split()
LIVE = "WHERE deleted_at IS NULL"
later = (
    *(
        f"CREATE INDEX CONCURRENTLY IF NOT EXISTS {table}_owner ON {table} (owner_id) {LIVE}"
        for table in OWNED
    ),
    *(
        f"CREATE INDEX CONCURRENTLY IF NOT EXISTS {table}_maker ON {table} (created_by) {LIVE}"
        for table in MADE
    ),
)


def upgrade() -> None:
    op.execute(RIGHTS)
