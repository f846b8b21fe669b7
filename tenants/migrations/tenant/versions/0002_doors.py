"""What the doors need: conversations, mailboxes, portal accounts, tokens and kept answers."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

PORTAL = """
-- A contact's way into the portal; its sessions and links are grants.
CREATE TABLE portal_accounts (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    contact_id uuid NOT NULL UNIQUE REFERENCES contacts ON DELETE CASCADE,
    email text NOT NULL UNIQUE,
    password_hash text,
    state text NOT NULL DEFAULT 'invited' CHECK (state IN ('invited', 'active', 'blocked')),
    sees text NOT NULL DEFAULT 'own' CHECK (sees IN ('own', 'company')),
    language text,
    invited_by uuid REFERENCES members ON DELETE SET NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    confirmed_at timestamptz,
    last_seen_at timestamptz,
    password_changed_at timestamptz
);

CREATE TABLE consents (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    contact_id uuid NOT NULL REFERENCES contacts ON DELETE CASCADE,
    purpose text NOT NULL,
    state text NOT NULL CHECK (state IN ('granted', 'refused', 'withdrawn')),
    wording text NOT NULL DEFAULT '',
    door text NOT NULL,
    at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX consents_contact ON consents (contact_id, purpose, at DESC);

-- Sessions, codes and tokens of customers and of apps are grants like those of members. Whoever reads one joins
-- what it belongs to, so a grant that outlives its account lets nobody in.
ALTER TABLE grants
    ADD COLUMN account_id uuid,
    ADD COLUMN contact_id uuid,
    ADD COLUMN app_id uuid,
    ADD COLUMN family_id uuid;
CREATE INDEX grants_account ON grants (account_id) WHERE account_id IS NOT NULL;
CREATE INDEX grants_app ON grants (app_id) WHERE app_id IS NOT NULL;
CREATE INDEX grants_family ON grants (family_id) WHERE family_id IS NOT NULL;
"""

TALK = """
-- A conversation with a customer, about any record; `awaits` tells who has to speak next.
CREATE TABLE threads (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    subject text NOT NULL DEFAULT '',
    object text,
    record_id uuid,
    contact_id uuid REFERENCES contacts ON DELETE SET NULL,
    company_id uuid REFERENCES companies ON DELETE SET NULL,
    owner_id uuid REFERENCES members ON DELETE SET NULL,
    state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'closed')),
    awaits text NOT NULL DEFAULT 'nobody' CHECK (awaits IN ('us', 'customer', 'nobody')),
    awaits_since timestamptz,
    answer_due_at timestamptz,
    messages_count integer NOT NULL DEFAULT 0,
    last_message_at timestamptz,
    is_customer_visible boolean NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz
);
CREATE INDEX threads_contact ON threads (contact_id, last_message_at DESC);
CREATE INDEX threads_company ON threads (company_id, last_message_at DESC);
CREATE INDEX threads_record ON threads (record_id);
CREATE INDEX threads_waiting ON threads (awaits_since) WHERE awaits = 'us' AND deleted_at IS NULL;

CREATE TABLE mailboxes (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    member_id uuid NOT NULL REFERENCES members ON DELETE CASCADE,
    address text NOT NULL,
    name text NOT NULL DEFAULT '',
    imap jsonb NOT NULL DEFAULT '{}',
    smtp jsonb NOT NULL DEFAULT '{}',
    username text NOT NULL,
    secret_encrypted text NOT NULL,
    folders jsonb NOT NULL DEFAULT '[]',
    start_on date,
    privacy text NOT NULL DEFAULT 'metadata' CHECK (privacy IN ('metadata', 'subject', 'full')),
    state text NOT NULL DEFAULT 'draft' CHECK (state IN ('draft', 'syncing', 'idle', 'paused', 'failing')),
    error jsonb,
    counts jsonb NOT NULL DEFAULT '{}',
    failures integer NOT NULL DEFAULT 0,
    synced_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    removed_at timestamptz
);
CREATE INDEX mailboxes_member ON mailboxes (member_id);

-- One message, whatever it came by: the portal, mail, or a note that never leaves the company.
CREATE TABLE messages (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    thread_id uuid NOT NULL REFERENCES threads ON DELETE CASCADE,
    kind text NOT NULL CHECK (kind IN ('portal', 'mail', 'note')),
    direction text NOT NULL CHECK (direction IN ('in', 'out', 'internal')),
    author_kind text NOT NULL CHECK (author_kind IN ('member', 'customer', 'stranger', 'system')),
    member_id uuid REFERENCES members ON DELETE SET NULL,
    contact_id uuid REFERENCES contacts ON DELETE SET NULL,
    author_name text NOT NULL DEFAULT '',
    subject text NOT NULL DEFAULT '',
    body text NOT NULL DEFAULT '',
    html text,
    mail_id text,
    in_reply_to text,
    refs text[] NOT NULL DEFAULT '{}',
    sender text,
    recipients jsonb NOT NULL DEFAULT '{}',
    mailbox_id uuid REFERENCES mailboxes ON DELETE SET NULL,
    privacy text NOT NULL DEFAULT 'full' CHECK (privacy IN ('metadata', 'subject', 'full')),
    data jsonb NOT NULL DEFAULT '{}',
    sent_at timestamptz NOT NULL DEFAULT now(),
    created_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz
);
CREATE INDEX messages_thread ON messages (thread_id, sent_at);
CREATE UNIQUE INDEX messages_mail ON messages (mail_id) WHERE mail_id IS NOT NULL;
CREATE INDEX messages_refs ON messages USING gin (refs) WITH (gin_pending_list_limit = 512);

-- What became of a message for one person: read, mailed, bounced.
CREATE TABLE message_states (
    message_id uuid NOT NULL REFERENCES messages ON DELETE CASCADE,
    person_kind text NOT NULL CHECK (person_kind IN ('member', 'customer')),
    person_id uuid NOT NULL,
    read_at timestamptz,
    mailed_at timestamptz,
    failed_at timestamptz,
    error text,
    PRIMARY KEY (message_id, person_kind, person_id)
);
CREATE INDEX message_states_person ON message_states (person_id) WHERE read_at IS NULL;

-- Every mail that discovery met, so that none is read twice; unknown ones wait here for a decision.
CREATE TABLE mailbox_items (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    mailbox_id uuid NOT NULL REFERENCES mailboxes ON DELETE CASCADE,
    folder text NOT NULL,
    uidvalidity bigint NOT NULL,
    uid bigint NOT NULL,
    mail_id text,
    state text NOT NULL CHECK (state IN ('stored', 'unknown', 'ignored', 'refused')),
    reason text,
    message_id uuid REFERENCES messages ON DELETE SET NULL,
    direction text NOT NULL DEFAULT 'in' CHECK (direction IN ('in', 'out')),
    correspondent text,
    correspondent_name text,
    participants text[] NOT NULL DEFAULT '{}',
    subject text NOT NULL DEFAULT '',
    sent_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (mailbox_id, folder, uidvalidity, uid)
);
CREATE INDEX mailbox_items_unknown ON mailbox_items (correspondent) WHERE state = 'unknown';
CREATE INDEX mailbox_items_mail ON mailbox_items (mail_id);
CREATE INDEX mailbox_items_message ON mailbox_items (message_id) WHERE message_id IS NOT NULL;

-- What a member decided about strangers in the own mailboxes; a domain is written "@example.com".
CREATE TABLE correspondents (
    member_id uuid NOT NULL REFERENCES members ON DELETE CASCADE,
    address text NOT NULL,
    decision text NOT NULL CHECK (decision IN ('ignored', 'blocked')),
    decided_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (member_id, address)
);
"""

LETTERS = """
-- Mails to customers: each once for what it is about (`key`), some only after a member has said yes.
CREATE TABLE letters (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    kind text NOT NULL,
    key text NOT NULL UNIQUE,
    state text NOT NULL CHECK (state IN ('waiting', 'declined', 'staged', 'sent', 'failed', 'withheld')),
    contact_id uuid REFERENCES contacts ON DELETE SET NULL,
    object text,
    record_id uuid,
    message_id uuid,
    address text NOT NULL,
    language text NOT NULL,
    subject text NOT NULL DEFAULT '',
    data jsonb NOT NULL DEFAULT '{}',
    mail_id text,
    error text,
    created_at timestamptz NOT NULL DEFAULT now(),
    decided_at timestamptz,
    decided_by uuid REFERENCES members ON DELETE SET NULL,
    sent_at timestamptz
);
CREATE INDEX letters_contact ON letters (contact_id, created_at DESC);
CREATE INDEX letters_record ON letters (record_id);
CREATE INDEX letters_message ON letters (message_id) WHERE message_id IS NOT NULL;
CREATE INDEX letters_waiting ON letters (created_at) WHERE state = 'waiting';

-- Addresses that get no more mail: somebody else's, dead ones, and those who asked for no notices.
CREATE TABLE mail_stops (
    address text PRIMARY KEY,
    scope text NOT NULL CHECK (scope IN ('all', 'notices')),
    reason text NOT NULL,
    contact_id uuid REFERENCES contacts ON DELETE SET NULL,
    at timestamptz NOT NULL DEFAULT now()
);
"""

# A customer who waits for an answer was promised one within the workspace's time for it.
PROMISES = """
CREATE OR REPLACE VIEW promises WITH (security_invoker = true) AS
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
 WHERE a.deleted_at IS NULL AND a.is_promise AND a.due_at IS NOT NULL
UNION ALL
SELECT t.id, 'threads', NULL, t.company_id, t.contact_id, t.owner_id,
       coalesce(p.name, ''), NULL, t.answer_due_at, NULL, NULL, false
  FROM threads t LEFT JOIN contacts p ON p.id = t.contact_id
 WHERE t.deleted_at IS NULL AND t.state = 'open' AND t.awaits = 'us' AND t.answer_due_at IS NOT NULL;
"""

API = """
-- Answers to requests with an Idempotency-Key, kept for a day in the transaction of their effect.
CREATE TABLE idempotency_keys (
    app_id uuid NOT NULL,
    key text NOT NULL,
    request_hash bytea NOT NULL,
    status smallint NOT NULL,
    headers jsonb NOT NULL DEFAULT '{}',
    body bytea NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (app_id, key)
);
CREATE INDEX idempotency_keys_age ON idempotency_keys (created_at);

-- Work that an app has asked for may do no more than its token could.
ALTER TABLE jobs ADD COLUMN app_id uuid, ADD COLUMN scopes text[];
"""

CHANGEABLE = (
    "portal_accounts consents threads messages message_states mailboxes mailbox_items correspondents "
    "letters mail_stops idempotency_keys"
).split()


def upgrade() -> None:
    for statements in (PORTAL, TALK, LETTERS, PROMISES, API):
        op.execute(statements)
    for table in CHANGEABLE:
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE, MAINTAIN ON {table} TO kith_tenant")
