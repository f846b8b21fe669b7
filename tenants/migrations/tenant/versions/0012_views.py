"""Saved views of lists: a filter, a search and an order under a name, for oneself, a team or everyone."""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

VIEWS = """
-- `tree` is the filter as the API writes it, `uses` what it names: {"contacts.city": "text"}.
CREATE TABLE views (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    object text NOT NULL,
    name text NOT NULL,
    created_by uuid NOT NULL,
    shared text NOT NULL DEFAULT 'nobody' CHECK (shared IN ('nobody', 'team', 'everyone')),
    team_id uuid REFERENCES teams ON DELETE SET NULL,
    is_locked boolean NOT NULL DEFAULT false,
    tree jsonb,
    search text NOT NULL DEFAULT '',
    sort text NOT NULL DEFAULT '',
    uses jsonb NOT NULL DEFAULT '{}',
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX views_object ON views (object, lower(name));
CREATE INDEX views_team ON views (team_id) WHERE team_id IS NOT NULL;
GRANT SELECT, INSERT, UPDATE, DELETE, MAINTAIN ON views TO kith_tenant;
"""


def upgrade() -> None:
    op.execute(VIEWS)
