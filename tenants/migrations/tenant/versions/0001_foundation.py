"""A tenant's schema: the engine's tables, its people, the standard objects and its work."""

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# Columns that every record has, whatever its object.
RECORD = """
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    created_by uuid,
    updated_by uuid,
    deleted_at timestamptz,
    custom jsonb NOT NULL DEFAULT '{}'"""

PEOPLE = """
CREATE TABLE members (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    identity_id uuid NOT NULL UNIQUE,
    email text NOT NULL,
    name text NOT NULL,
    role text NOT NULL DEFAULT 'member' CHECK (role IN ('owner', 'admin', 'member', 'reader', 'custom')),
    title text,
    language text,
    time_zone text,
    theme text NOT NULL DEFAULT 'system',
    density text NOT NULL DEFAULT 'comfortable',
    created_at timestamptz NOT NULL DEFAULT now(),
    last_seen_at timestamptz,
    removed_at timestamptz
);

-- Sessions, invitations and, later, tokens: what lets somebody in. Only hashes are kept.
CREATE TABLE grants (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    kind text NOT NULL,
    secret_hash bytea NOT NULL UNIQUE,
    member_id uuid REFERENCES members ON DELETE CASCADE,
    identity_id uuid,
    parent_id uuid,
    email text,
    data jsonb NOT NULL DEFAULT '{}',
    user_agent text NOT NULL DEFAULT '',
    address text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL DEFAULT now(),
    created_by uuid,
    last_used_at timestamptz,
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz
);
CREATE INDEX grants_member ON grants (member_id);
CREATE INDEX grants_identity ON grants (identity_id);
CREATE INDEX grants_invited ON grants (email) WHERE kind = 'invitation';

CREATE TABLE notices (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    key text NOT NULL UNIQUE,
    member_id uuid NOT NULL REFERENCES members ON DELETE CASCADE,
    kind text NOT NULL,
    object text,
    record_id uuid,
    data jsonb NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL DEFAULT now(),
    read_at timestamptz,
    mailed_at timestamptz
);
CREATE INDEX notices_member ON notices (member_id, created_at DESC);
"""

ENGINE = """
CREATE TABLE settings (
    key text PRIMARY KEY,
    value jsonb NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT now(),
    updated_by uuid
);

-- What the tenant changed about a standard object, and its custom objects.
CREATE TABLE object_types (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    name text NOT NULL UNIQUE,
    labels jsonb NOT NULL DEFAULT '{}',
    icon text,
    is_custom boolean NOT NULL DEFAULT false,
    title_field text,
    options jsonb NOT NULL DEFAULT '{}',
    position integer NOT NULL DEFAULT 0,
    hidden_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE fields (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    object text NOT NULL,
    name text NOT NULL,
    kind text NOT NULL,
    labels jsonb NOT NULL DEFAULT '{}',
    help jsonb NOT NULL DEFAULT '{}',
    is_custom boolean NOT NULL DEFAULT true,
    is_required boolean NOT NULL DEFAULT false,
    is_unique boolean NOT NULL DEFAULT false,
    is_searchable boolean NOT NULL DEFAULT false,
    is_sortable boolean NOT NULL DEFAULT false,
    is_personal boolean NOT NULL DEFAULT false,
    keeps_history boolean NOT NULL DEFAULT false,
    visibility text NOT NULL DEFAULT 'shared' CHECK (visibility IN ('shared', 'opinion', 'legal')),
    default_value jsonb,
    options jsonb NOT NULL DEFAULT '{}',
    index_state text NOT NULL DEFAULT 'none' CHECK (index_state IN ('none', 'building', 'ready')),
    position integer NOT NULL DEFAULT 0,
    hidden_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (object, name)
);

CREATE TABLE links (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    kind text NOT NULL,
    from_object text NOT NULL,
    from_id uuid NOT NULL,
    to_object text NOT NULL,
    to_id uuid NOT NULL,
    data jsonb NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL DEFAULT now(),
    created_by uuid,
    UNIQUE (kind, from_object, from_id, to_object, to_id)
);
CREATE INDEX links_to ON links (to_object, to_id);

-- Every e-mail, phone, domain and external id of any record: the one place for matching.
CREATE TABLE identifiers (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    object text NOT NULL,
    record_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('email', 'phone', 'domain', 'external')),
    system text NOT NULL DEFAULT '',
    value text NOT NULL,
    display text NOT NULL,
    purpose text NOT NULL DEFAULT '',
    is_primary boolean NOT NULL DEFAULT false,
    is_exclusive boolean NOT NULL DEFAULT false,
    is_live boolean NOT NULL DEFAULT true,
    verified_at timestamptz,
    position smallint NOT NULL DEFAULT 0
);
CREATE INDEX identifiers_record ON identifiers (record_id);
CREATE INDEX identifiers_value ON identifiers (kind, value);
CREATE UNIQUE INDEX identifiers_exclusive ON identifiers (object, kind, system, value)
    WHERE is_exclusive AND is_live;

-- What happened, written once. A bulk change is one fact; about holds every record it concerns.
CREATE TABLE facts (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    at timestamptz NOT NULL DEFAULT now(),
    xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    actor_kind text NOT NULL,
    actor_id uuid,
    actor_name text NOT NULL DEFAULT '',
    door text NOT NULL,
    verb text NOT NULL,
    object text,
    record_id uuid,
    title text NOT NULL DEFAULT '',
    fields text[] NOT NULL DEFAULT '{}',
    about uuid[] NOT NULL DEFAULT '{}',
    data jsonb NOT NULL DEFAULT '{}',
    rows_count integer NOT NULL DEFAULT 1,
    job_id uuid,
    request_id text
);
CREATE INDEX facts_xid ON facts (xid, id);
CREATE INDEX facts_about ON facts USING gin (about) WITH (gin_pending_list_limit = 512);

-- Before and after, apart from the fact so that they can be erased; journal = a bulk change, compressed.
CREATE TABLE fact_values (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    fact_id uuid NOT NULL REFERENCES facts,
    object text NOT NULL,
    record_id uuid,
    changes jsonb,
    journal bytea,
    keeps_history boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX fact_values_fact ON fact_values (fact_id);

CREATE TABLE search (
    object text NOT NULL,
    record_id uuid NOT NULL,
    title text NOT NULL,
    subtitle text NOT NULL DEFAULT '',
    body text NOT NULL,
    owner_id uuid,
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (record_id)
);
-- Short lists of what is not yet entered: they are read whole by every search.
CREATE INDEX search_body ON search USING gin (body ext.gin_trgm_ops) WITH (gin_pending_list_limit = 512);
CREATE INDEX search_title ON search (ext.sort_key(title) text_pattern_ops);
CREATE INDEX search_latest ON search (object, updated_at DESC);

CREATE TABLE files (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    object text,
    record_id uuid,
    name text NOT NULL,
    storage_key text NOT NULL UNIQUE,
    declared_type text NOT NULL DEFAULT 'application/octet-stream',
    sniffed_type text,
    size bigint NOT NULL DEFAULT 0,
    sha256 text,
    state text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'ready', 'refused')),
    thumbnail_key text,
    width integer,
    height integer,
    is_customer_visible boolean NOT NULL DEFAULT false,
    problem text,
    created_at timestamptz NOT NULL DEFAULT now(),
    created_by uuid,
    created_by_kind text NOT NULL DEFAULT 'member',
    created_by_name text NOT NULL DEFAULT '',
    expires_at timestamptz,
    deleted_at timestamptz
);
CREATE INDEX files_record ON files (record_id);
CREATE INDEX files_passing ON files (expires_at) WHERE expires_at IS NOT NULL;
"""

WORK = """
-- Work that a person started: import, export, bulk change, clearing the demo.
CREATE TABLE jobs (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    kind text NOT NULL,
    object text,
    title text NOT NULL DEFAULT '',
    state text NOT NULL DEFAULT 'draft' CHECK (state IN (
        'draft', 'queued', 'running', 'done', 'failed', 'cancelled')),
    params jsonb NOT NULL DEFAULT '{}',
    checkpoint jsonb NOT NULL DEFAULT '{}',
    result jsonb NOT NULL DEFAULT '{}',
    file_id uuid REFERENCES files,
    rows_total integer,
    rows_done integer NOT NULL DEFAULT 0,
    created_count integer NOT NULL DEFAULT 0,
    updated_count integer NOT NULL DEFAULT 0,
    skipped_count integer NOT NULL DEFAULT 0,
    failed_count integer NOT NULL DEFAULT 0,
    error text,
    attempts integer NOT NULL DEFAULT 0,
    undo_of uuid,
    started_by uuid,
    cancel_requested_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    queued_at timestamptz,
    started_at timestamptz,
    finished_at timestamptz,
    updated_at timestamptz NOT NULL DEFAULT now()
);

-- Rows of a job that need a word: refused, skipped, or changed (for undo).
CREATE TABLE job_rows (
    job_id uuid NOT NULL REFERENCES jobs ON DELETE CASCADE,
    row_number integer NOT NULL,
    state text NOT NULL CHECK (state IN ('waiting', 'created', 'updated', 'skipped', 'failed')),
    record_id uuid,
    problems jsonb NOT NULL DEFAULT '[]',
    data jsonb NOT NULL DEFAULT '{}',
    PRIMARY KEY (job_id, row_number)
);
"""

CUSTOMERS = f"""
CREATE TABLE companies ({RECORD},
    name text NOT NULL,
    number text,
    domain text,
    email text,
    phone text,
    industry text,
    street text,
    postcode text,
    city text,
    region text,
    country text,
    lifecycle text NOT NULL DEFAULT 'customer',
    customer_since date,
    legal_basis text,
    description text,
    parent_id uuid REFERENCES companies ON DELETE SET NULL,
    owner_id uuid REFERENCES members ON DELETE SET NULL
);

CREATE TABLE contacts ({RECORD},
    first_name text NOT NULL DEFAULT '',
    last_name text NOT NULL DEFAULT '',
    name text GENERATED ALWAYS AS (btrim(first_name || ' ' || last_name)) STORED,
    salutation text,
    title text,
    email text,
    phone text,
    company_id uuid REFERENCES companies ON DELETE SET NULL,
    street text,
    postcode text,
    city text,
    region text,
    country text,
    language text,
    lifecycle text NOT NULL DEFAULT 'customer',
    legal_basis text,
    mail_consent text NOT NULL DEFAULT 'unknown',
    call_consent text NOT NULL DEFAULT 'unknown',
    birthday date,
    gender text,
    education text,
    occupation text,
    income numeric(19, 4),
    income_currency text,
    marital_status text,
    children integer,
    description text,
    owner_id uuid REFERENCES members ON DELETE SET NULL
);

CREATE TABLE pipelines (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    name text NOT NULL,
    position integer NOT NULL DEFAULT 0,
    is_default boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE stages (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    pipeline_id uuid NOT NULL REFERENCES pipelines ON DELETE CASCADE,
    name text NOT NULL,
    position integer NOT NULL DEFAULT 0,
    probability smallint NOT NULL DEFAULT 0 CHECK (probability BETWEEN 0 AND 100),
    outcome text NOT NULL DEFAULT 'open' CHECK (outcome IN ('open', 'won', 'lost'))
);

CREATE TABLE deals ({RECORD},
    name text NOT NULL,
    amount numeric(19, 4),
    currency text,
    stage_id uuid REFERENCES stages ON DELETE SET NULL,
    probability smallint,
    close_on date,
    outcome text NOT NULL DEFAULT 'open',
    outcome_reason text,
    closed_at timestamptz,
    next_step text,
    description text,
    company_id uuid REFERENCES companies ON DELETE SET NULL,
    contact_id uuid REFERENCES contacts ON DELETE SET NULL,
    owner_id uuid REFERENCES members ON DELETE SET NULL
);

CREATE TABLE products ({RECORD},
    name text NOT NULL,
    sku text,
    category text,
    unit text,
    price numeric(19, 4),
    currency text,
    is_active boolean NOT NULL DEFAULT true,
    description text
);

CREATE TABLE orders ({RECORD},
    number text NOT NULL,
    placed_at timestamptz,
    status text NOT NULL DEFAULT 'placed',
    total numeric(19, 4) NOT NULL DEFAULT 0,
    stated_total numeric(19, 4),
    difference numeric(19, 4)
        GENERATED ALWAYS AS (nullif(round(stated_total, 2) - round(total, 2), 0)) STORED,
    shipping_cost numeric(19, 4),
    currency text,
    required_on date,
    ship_to text,
    description text,
    company_id uuid REFERENCES companies ON DELETE SET NULL,
    contact_id uuid REFERENCES contacts ON DELETE SET NULL,
    owner_id uuid REFERENCES members ON DELETE SET NULL
);

CREATE TABLE line_items ({RECORD},
    order_id uuid REFERENCES orders ON DELETE CASCADE,
    deal_id uuid REFERENCES deals ON DELETE CASCADE,
    product_id uuid REFERENCES products ON DELETE SET NULL,
    position integer NOT NULL DEFAULT 0,
    description text,
    quantity numeric(19, 4) NOT NULL DEFAULT 1,
    unit_price numeric(19, 4) NOT NULL DEFAULT 0,
    discount numeric(7, 6) NOT NULL DEFAULT 0 CHECK (discount BETWEEN 0 AND 1),
    amount numeric(19, 4) GENERATED ALWAYS AS (round(quantity * unit_price * (1 - discount), 4)) STORED
);

CREATE TABLE deliveries ({RECORD},
    number text,
    order_id uuid REFERENCES orders ON DELETE CASCADE,
    company_id uuid REFERENCES companies ON DELETE SET NULL,
    contact_id uuid REFERENCES contacts ON DELETE SET NULL,
    status text NOT NULL DEFAULT 'planned',
    promised_on date,
    due_at timestamptz,
    shipped_at timestamptz,
    delivered_at timestamptz,
    carrier text,
    tracking text,
    description text,
    is_history boolean NOT NULL DEFAULT false,
    owner_id uuid REFERENCES members ON DELETE SET NULL
);

CREATE TABLE incidents ({RECORD},
    kind text NOT NULL,
    severity smallint NOT NULL DEFAULT 2 CHECK (severity BETWEEN 1 AND 4),
    subject text NOT NULL DEFAULT '',
    description text,
    cause text,
    remedy text,
    remedy_due_on date,
    cost numeric(19, 4),
    currency text,
    opened_door text NOT NULL DEFAULT 'web',
    opened_at timestamptz NOT NULL DEFAULT now(),
    resolved_at timestamptz,
    delivery_id uuid REFERENCES deliveries ON DELETE SET NULL,
    order_line_id uuid REFERENCES line_items ON DELETE SET NULL,
    order_id uuid REFERENCES orders ON DELETE SET NULL,
    company_id uuid REFERENCES companies ON DELETE SET NULL,
    contact_id uuid REFERENCES contacts ON DELETE SET NULL,
    owner_id uuid REFERENCES members ON DELETE SET NULL
);

CREATE TABLE cases ({RECORD},
    number text NOT NULL,
    subject text NOT NULL,
    description text,
    status text NOT NULL DEFAULT 'open',
    priority text NOT NULL DEFAULT 'normal',
    first_answer_due_at timestamptz,
    first_answered_at timestamptz,
    resolution_due_at timestamptz,
    resolved_at timestamptz,
    order_id uuid REFERENCES orders ON DELETE SET NULL,
    company_id uuid REFERENCES companies ON DELETE SET NULL,
    contact_id uuid REFERENCES contacts ON DELETE SET NULL,
    owner_id uuid REFERENCES members ON DELETE SET NULL
);

CREATE TABLE activities ({RECORD},
    type text NOT NULL DEFAULT 'task',
    subject text NOT NULL,
    description text,
    due_at timestamptz,
    remind_at timestamptz,
    done_at timestamptz,
    is_promise boolean NOT NULL DEFAULT false,
    company_id uuid REFERENCES companies ON DELETE SET NULL,
    contact_id uuid REFERENCES contacts ON DELETE SET NULL,
    deal_id uuid REFERENCES deals ON DELETE SET NULL,
    order_id uuid REFERENCES orders ON DELETE SET NULL,
    case_id uuid REFERENCES cases ON DELETE SET NULL,
    owner_id uuid REFERENCES members ON DELETE SET NULL
);
"""

# (table, key): unique among live records, so that what lies in the trash blocks nobody.
UNIQUE = (
    ("products", "sku"),
    ("orders", "number"),
    ("cases", "number"),
    ("companies", "number"),
)

# (table, expressions): one index for each field that may be sorted on; the id breaks ties.
SORTED = (
    ("companies", "ext.sort_key(name)"),
    ("companies", "ext.sort_key(city)"),
    ("companies", "created_at"),
    ("companies", "updated_at"),
    ("contacts", "ext.sort_key(name)"),
    ("contacts", "ext.sort_key(last_name)"),
    ("contacts", "ext.sort_key(email)"),
    ("contacts", "ext.sort_key(city)"),
    ("contacts", "created_at"),
    ("contacts", "updated_at"),
    ("deals", "ext.sort_key(name)"),
    ("deals", "amount"),
    ("deals", "close_on"),
    ("deals", "updated_at"),
    ("products", "ext.sort_key(name)"),
    ("products", "ext.sort_key(sku)"),
    ("products", "price"),
    ("products", "updated_at"),
    ("orders", "ext.sort_key(number)"),
    ("orders", "placed_at"),
    ("orders", "total"),
    ("orders", "updated_at"),
    ("line_items", "updated_at"),
    ("deliveries", "promised_on"),
    ("deliveries", "delivered_at"),
    ("deliveries", "updated_at"),
    ("incidents", "opened_at"),
    ("incidents", "severity"),
    ("incidents", "updated_at"),
    ("cases", "ext.sort_key(number)"),
    ("cases", "created_at"),
    ("cases", "updated_at"),
    ("activities", "due_at"),
    ("activities", "ext.sort_key(subject)"),
    ("activities", "updated_at"),
)

# What lists of these are filtered by stands in every index of their order as well, behind the id: a walk along the
# order passes by what does not fit without a look at the record.
BESIDE = dict.fromkeys(("companies", "contacts"), "lifecycle country owner_id created_at updated_at".split())

# (table, column): the other end of a relation is looked up from the one end.
RELATED = (
    ("companies", "parent_id"),
    ("contacts", "company_id"),
    ("deals", "company_id"),
    ("deals", "contact_id"),
    ("deals", "stage_id"),
    ("orders", "company_id"),
    ("orders", "contact_id"),
    ("line_items", "order_id"),
    ("line_items", "deal_id"),
    ("line_items", "product_id"),
    ("deliveries", "order_id"),
    ("deliveries", "company_id"),
    ("deliveries", "contact_id"),
    ("incidents", "delivery_id"),
    ("incidents", "order_id"),
    ("incidents", "company_id"),
    ("incidents", "contact_id"),
    ("cases", "company_id"),
    ("cases", "contact_id"),
    ("activities", "company_id"),
    ("activities", "contact_id"),
    ("activities", "deal_id"),
    ("activities", "order_id"),
    ("activities", "case_id"),
    ("stages", "pipeline_id"),
)

# One view of what was promised to whom, due when, kept when; the only source of the standing bar.
PROMISES = """
CREATE VIEW promises WITH (security_invoker = true) AS
SELECT d.id, 'deliveries' AS source, d.order_id, d.company_id, d.contact_id, d.owner_id,
       coalesce(o.number, d.number, '') AS label, d.promised_on AS due_on, d.due_at,
       d.delivered_at AS kept_at, d.shipped_at AS started_at, d.is_history
  FROM deliveries d LEFT JOIN orders o ON o.id = d.order_id
 WHERE d.deleted_at IS NULL AND d.promised_on IS NOT NULL AND d.status NOT IN ('cancelled', 'returned')
   AND (d.status <> 'delivered' OR d.delivered_at IS NOT NULL)
UNION ALL
SELECT c.id, 'cases', c.order_id, c.company_id, c.contact_id, c.owner_id,
       c.number, NULL, c.resolution_due_at, c.resolved_at, c.first_answered_at, false
  FROM cases c
 WHERE c.deleted_at IS NULL AND c.resolution_due_at IS NOT NULL
   AND (c.status NOT IN ('resolved', 'closed') OR c.resolved_at IS NOT NULL)
UNION ALL
SELECT a.id, 'activities', a.order_id, a.company_id, a.contact_id, a.owner_id,
       a.subject, NULL, a.due_at, a.done_at, NULL, false
  FROM activities a
 WHERE a.deleted_at IS NULL AND a.is_promise AND a.due_at IS NOT NULL;
"""

OPEN_INCIDENTS = """
CREATE INDEX incidents_open ON incidents (company_id) WHERE resolved_at IS NULL AND deleted_at IS NULL;
CREATE UNIQUE INDEX incidents_late_once ON incidents (delivery_id)
    WHERE kind = 'late' AND resolved_at IS NULL AND deleted_at IS NULL;
CREATE INDEX deliveries_open ON deliveries (due_at) WHERE delivered_at IS NULL AND deleted_at IS NULL;
"""

CHANGEABLE = (
    "members grants notices settings object_types fields links identifiers search files jobs job_rows "
    "companies contacts pipelines stages deals products orders line_items deliveries incidents cases activities"
).split()
APPEND_ONLY = ("facts", "fact_values")

# Deals go somewhere from the first day on: (name, position, probability in percent, outcome) of a stage.
seeds = (
    """WITH first AS (INSERT INTO pipelines (name, is_default) VALUES ('Sales', true) RETURNING id)
INSERT INTO stages (pipeline_id, name, position, probability, outcome)
SELECT first.id, stage.*
  FROM first, (VALUES ('Qualified', 0, 20, 'open'), ('Proposal', 1, 50, 'open'),
                      ('Negotiation', 2, 75, 'open'), ('Won', 3, 100, 'won'), ('Lost', 4, 0, 'lost')) AS stage""",
)


def _indexes() -> list[str]:
    live = "WHERE deleted_at IS NULL"
    unique = [
        f"CREATE UNIQUE INDEX {table}_{key}_live ON {table} (lower({key})) {live}" for table, key in UNIQUE
    ]
    ordered = [f"CREATE INDEX ON {table} ({_ordered(table, by)}) {live}" for table, by in SORTED]
    related = [f"CREATE INDEX {table}_{column} ON {table} ({column})" for table, column in RELATED]
    return unique + ordered + related


def _ordered(table: str, by: str) -> str:
    beside = [each for each in BESIDE.get(table, ()) if each != by]
    return ", ".join((by, "id", *beside))


def upgrade() -> None:
    for statement in (PEOPLE, ENGINE, WORK, CUSTOMERS, OPEN_INCIDENTS, PROMISES):
        op.execute(statement)
    for index in _indexes():
        op.execute(index)
    for table in CHANGEABLE:
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE, MAINTAIN ON {table} TO kith_tenant")
    for table in APPEND_ONLY:
        op.execute(f"GRANT SELECT, INSERT ON {table} TO kith_tenant")
    op.execute("GRANT SELECT ON promises TO kith_tenant")
