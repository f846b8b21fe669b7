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

-- Who writes the invoices; without this row nobody is asked to pay.
CREATE TABLE sellers (
    id boolean PRIMARY KEY DEFAULT true CHECK (id),
    name text NOT NULL CHECK (name <> ''),
    address text NOT NULL,
    country text NOT NULL,
    vat_id text NOT NULL DEFAULT '',
    vat_permille integer NOT NULL DEFAULT 0 CHECK (vat_permille BETWEEN 0 AND 500),
    payment text NOT NULL DEFAULT '',
    email text NOT NULL DEFAULT '',
    updated_at timestamptz NOT NULL DEFAULT now()
);

-- The row's lock lets one invoice count at a time; a rollback leaves no gap.
CREATE TABLE invoice_numbers (
    series text PRIMARY KEY,
    last integer NOT NULL
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
    -- The first day of what is paid for, to which months are counted; null: nothing is.
    began_on date,
    -- What holds from the next period on: another plan, or nothing after the last day that is paid for.
    next_plan_id text REFERENCES plans,
    ends_on date,
    updated_at timestamptz NOT NULL DEFAULT now()
);

-- Books outlive the customer: an invoice keeps what it said when the tenant is gone.
CREATE TABLE invoices (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    number text NOT NULL UNIQUE,
    tenant_id uuid REFERENCES tenants ON DELETE SET NULL,
    provider text NOT NULL,
    plan_id text NOT NULL,
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
CREATE UNIQUE INDEX invoices_period ON invoices (tenant_id, period_begin, plan_id) WHERE state <> 'void';
CREATE INDEX invoices_due ON invoices (due_on) WHERE state = 'open';
"""

# Storage in bytes; mails a day; calls a day and, of one app, a minute. Prices are net, in cents.
PLANS = """
INSERT INTO plans (id, name, position, price_minor, trial_days, is_offered, limits) VALUES
    ('unlimited', 'Unlimited', 0, 0, 0, false, '{}'),
    ('trial', 'Trial', 10, 0, 30, false,
     '{"members": 10, "records": 20000, "storage_bytes": 2147483648, "mails": 200,
       "api_calls": 20000, "api_calls_minute": 300}'),
    ('start', 'Start', 20, 2900, 0, true,
     '{"members": 5, "records": 10000, "storage_bytes": 5368709120, "mails": 500,
       "api_calls": 20000, "api_calls_minute": 300}'),
    ('team', 'Team', 30, 9900, 0, true,
     '{"members": 25, "records": 100000, "storage_bytes": 53687091200, "mails": 2500,
       "api_calls": 200000, "api_calls_minute": 1200}'),
    ('business', 'Business', 40, 29900, 0, true,
     '{"members": 150, "records": 1000000, "storage_bytes": 536870912000, "mails": 15000,
       "api_calls": 1000000, "api_calls_minute": 3000}');
"""

GRANTS = """
GRANT SELECT, INSERT, UPDATE, DELETE ON usages, billing_accounts TO kith_control;
GRANT SELECT, INSERT, UPDATE ON plans, invoices, sellers, invoice_numbers TO kith_control;
"""

# Processes remember tenants with the limits of their plans. No id means that anything may have changed.
TELL = """
CREATE FUNCTION tell_plan() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_catalog.pg_notify('kith_tenants', '');
    RETURN NULL;
END $$;
REVOKE EXECUTE ON FUNCTION tell_plan() FROM PUBLIC;
CREATE TRIGGER tell_plan AFTER UPDATE ON plans FOR EACH STATEMENT EXECUTE FUNCTION tell_plan();
"""


def upgrade() -> None:
    op.execute(TABLES)
    op.execute(TELL)
    op.execute(PLANS)
    op.execute(GRANTS)
