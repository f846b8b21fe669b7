"""The company as a customer of Kith: plans, what it uses, whom it pays and what it owes."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TABLES = """
-- A limit that is missing from `limits` is none; a company's own `tenants.limits` go before its plan's.
CREATE TABLE plans (
    id text PRIMARY KEY CHECK (id ~ '^[a-z][a-z0-9-]{0,31}$'),
    name text NOT NULL,
    position integer NOT NULL DEFAULT 0,
    limits jsonb NOT NULL DEFAULT '{}',
    price_minor integer NOT NULL DEFAULT 0 CHECK (price_minor >= 0),
    currency text NOT NULL DEFAULT 'EUR',
    trial_days integer NOT NULL DEFAULT 0 CHECK (trial_days >= 0),
    is_offered boolean NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL DEFAULT now()
);

ALTER TABLE tenants ADD COLUMN plan_id text REFERENCES plans;
ALTER TABLE tenants ADD COLUMN limits jsonb NOT NULL DEFAULT '{}';
ALTER TABLE tenants ADD COLUMN trial_ends_at timestamptz;
-- What an operator, the trial's end or an unpaid invoice gave as reason; the tenant reads it.
ALTER TABLE tenants ADD COLUMN state_reason text NOT NULL DEFAULT '';
-- Where a state that ends leads back to: frozen, moving, suspended, deleting.
ALTER TABLE tenants ADD COLUMN state_before text;
ALTER TABLE tenants ADD COLUMN delete_after timestamptz;

-- Counted: adds up within a period (calls, mails). Measured: the newest figure (records, bytes).
CREATE TABLE usages (
    tenant_id uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
    kind text NOT NULL,
    period date NOT NULL,
    amount bigint NOT NULL DEFAULT 0,
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, kind, period)
);

CREATE TABLE billing_accounts (
    tenant_id uuid PRIMARY KEY REFERENCES tenants ON DELETE CASCADE,
    provider text NOT NULL DEFAULT 'invoice',
    reference text NOT NULL DEFAULT '',
    company text NOT NULL DEFAULT '',
    address text NOT NULL DEFAULT '',
    country text NOT NULL DEFAULT '',
    vat_id text NOT NULL DEFAULT '',
    email text NOT NULL DEFAULT '',
    updated_at timestamptz NOT NULL DEFAULT now()
);

-- Books outlive the customer: an invoice keeps what it said when the tenant is gone.
CREATE TABLE invoices (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    number text NOT NULL UNIQUE,
    tenant_id uuid REFERENCES tenants ON DELETE SET NULL,
    provider text NOT NULL,
    state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'paid', 'void')),
    period_begin date NOT NULL,
    period_end date NOT NULL,
    issued_on date NOT NULL,
    due_on date NOT NULL,
    paid_at timestamptz,
    reminded_at timestamptz,
    amount_minor bigint NOT NULL,
    currency text NOT NULL,
    document jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX invoices_period ON invoices (tenant_id, period_begin) WHERE state <> 'void';
CREATE INDEX invoices_due ON invoices (due_on) WHERE state = 'open';
"""

GRANTS = """
GRANT SELECT, INSERT, UPDATE, DELETE ON usages, billing_accounts TO kith_control;
GRANT SELECT, INSERT, UPDATE ON plans, invoices TO kith_control;
"""


def upgrade() -> None:
    op.execute(TABLES)
    op.execute(GRANTS)
