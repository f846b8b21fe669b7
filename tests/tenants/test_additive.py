"""A revision only adds, so that the release before it serves on while it runs, and after it."""

import io
from collections.abc import Iterator

import pytest
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import Script

from tenants import revisions
from tenants.revisions import Family
from tests.tenants import additive

# What a first release begins with; revisions after it are checked.
FIRST_RELEASE: dict[Family, str | None] = {"tenant": None, "cell": "0003", "control": "0006"}
STANDING = {"contacts", "deals", "settings"}

ADDITIVE = (
    "CREATE TABLE fresh (id uuid PRIMARY KEY DEFAULT uuidv7(), deal_id uuid NOT NULL REFERENCES deals)",
    "CREATE TABLE fresh (id int); CREATE UNIQUE INDEX ON fresh (id); ALTER TABLE fresh ALTER id SET NOT NULL",
    "ALTER TABLE contacts ADD COLUMN note text",
    "ALTER TABLE contacts ADD COLUMN note text NOT NULL DEFAULT ''",
    "ALTER TABLE contacts ADD COLUMN at timestamptz NOT NULL DEFAULT now()",
    "ALTER TABLE deals ADD CONSTRAINT c CHECK (amount >= 0) NOT VALID",
    "ALTER TABLE deals VALIDATE CONSTRAINT c",
    "ALTER TABLE contacts ALTER COLUMN name DROP NOT NULL",
    "ALTER TABLE contacts ALTER COLUMN name SET DEFAULT ''",
    "CREATE INDEX i ON deals (amount)",
    "GRANT SELECT ON deals TO kith_tenant",
    "INSERT INTO settings (key, value) VALUES ('a', '1')",
    "CREATE OR REPLACE VIEW open_deals AS SELECT * FROM deals",
)
REFUSED = (
    ("DROP TABLE deals", "DROP deals"),
    ("DROP VIEW promises", "DROP promises"),
    ("DROP INDEX deals_owner", "DROP deals_owner"),
    ("ALTER TABLE deals DROP COLUMN amount", "DropColumn of deals.amount"),
    ("ALTER TABLE deals RENAME COLUMN amount TO sum", "RENAME"),
    ("ALTER TABLE deals RENAME TO chances", "RENAME"),
    ("ALTER TABLE deals ALTER COLUMN amount TYPE text", "AlterColumnType of deals.amount"),
    ("ALTER TABLE deals ALTER COLUMN amount SET NOT NULL", "SetNotNull of deals.amount"),
    ("ALTER TABLE deals ALTER COLUMN amount DROP DEFAULT", "loses its default"),
    ("ALTER TABLE deals ADD COLUMN a text NOT NULL", "NOT NULL without a default"),
    ("ALTER TABLE deals ADD COLUMN a uuid DEFAULT uuidv7()", "another for each row"),
    ("ALTER TABLE deals ADD COLUMN a uuid REFERENCES contacts", "NOT VALID"),
    ("ALTER TABLE deals ADD COLUMN a int CHECK (a > 0)", "NOT VALID"),
    ("ALTER TABLE deals ADD COLUMN a int UNIQUE", "reads the whole table"),
    ("ALTER TABLE deals ADD COLUMN a int GENERATED ALWAYS AS (1) STORED", "writes the whole table"),
    ("ALTER TABLE deals ADD CONSTRAINT c CHECK (amount >= 0)", "without NOT VALID"),
    ("ALTER TABLE deals ADD CONSTRAINT c FOREIGN KEY (a) REFERENCES contacts", "without NOT VALID"),
    ("ALTER TABLE deals ADD CONSTRAINT c UNIQUE (amount)", "builds an index"),
    ("ALTER TABLE contacts VALIDATE CONSTRAINT c", "reads contacts through"),
    ("CREATE INDEX i ON contacts (name)", "`later`"),
    ("CREATE INDEX CONCURRENTLY i ON contacts (name)", "cannot run in a transaction"),
    ("CREATE UNIQUE INDEX i ON deals (amount)", "something twice"),
    ("UPDATE contacts SET name = ''", "UPDATE"),
    ("DELETE FROM contacts", "DELETE"),
    ("INSERT INTO settings SELECT 'a', '1'", "filled by a job"),
    ("TRUNCATE deals", "TRUNCATE"),
    ("REVOKE SELECT ON deals FROM kith_tenant", "REVOKE"),
    ("ALTER TYPE kind ADD VALUE 'x'", "ALTER_ENUM"),
    ("DO $$ BEGIN DROP TABLE deals; END $$", "DO"),
    ("CREATE TRIGGER t BEFORE INSERT ON deals FOR EACH ROW EXECUTE FUNCTION f()", "changes what"),
)


@pytest.mark.parametrize("sql", ADDITIVE)
def test_what_only_adds_is_let_through(sql: str) -> None:
    assert additive.faults(sql, STANDING) == []


@pytest.mark.parametrize(("sql", "why"), REFUSED)
def test_what_does_not_only_add_is_refused(sql: str, why: str) -> None:
    assert why in " ".join(additive.faults(sql, STANDING))


def test_contract_is_declared_by_name() -> None:
    gone = {"deals.amount": "0002", "old_deals": "0002"}
    sql = "ALTER TABLE deals DROP COLUMN amount; DROP TABLE old_deals; DROP TABLE contacts"
    assert additive.faults(sql, STANDING, gone) == ["DROP contacts"]


def test_later_is_safe_to_repeat_and_holds_nobody_up() -> None:
    good = (
        "CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON contacts (name)",
        "ALTER TABLE contacts VALIDATE CONSTRAINT c",
        "UPDATE contacts SET a = b WHERE id IN (SELECT id FROM contacts WHERE a IS NULL LIMIT 1000)",
    )
    bad = (
        "CREATE INDEX CONCURRENTLY i ON contacts (name)",
        "CREATE INDEX IF NOT EXISTS i ON contacts (name)",
        "UPDATE contacts SET a = b",
        "ALTER TABLE contacts ADD COLUMN a int",
        "DROP TABLE contacts",
    )
    assert additive.later_faults(good) == []
    assert additive.later_faults(bad) == list(bad)
    assert additive.later_faults([each for some in revisions.later().values() for each in some]) == []


@pytest.mark.parametrize("family", sorted(FIRST_RELEASE))
def test_every_revision_only_adds(family: Family) -> None:
    standing: set[str] = set()
    wrong = {}
    is_checked = FIRST_RELEASE[family] is None
    for step in _oldest_first(family):
        sql = _sql(step)
        contracts = getattr(step.module, "contracts", {})
        if is_checked and (found := additive.faults(sql, standing, contracts)):
            wrong[step.revision] = found
        standing |= additive.tables(sql)
        is_checked = is_checked or step.revision == FIRST_RELEASE[family]
    assert wrong == {}


@pytest.mark.parametrize("family", sorted(FIRST_RELEASE))
def test_contract_follows_the_release_that_did_without(family: Family) -> None:
    """What goes names the revision with which its last user went, which is an earlier one."""
    earlier: list[str] = []
    for step in _oldest_first(family):
        assert set(getattr(step.module, "contracts", {}).values()) <= set(earlier)
        earlier.append(step.revision)


def test_release_needs_a_revision_that_there_is() -> None:
    assert revisions.NEEDED in {step.revision for step in _oldest_first("tenant")}


def _oldest_first(family: Family) -> Iterator[Script]:
    return reversed(list(revisions.directory(family).walk_revisions()))


def _sql(step: Script) -> str:
    buffer = io.StringIO()
    context = MigrationContext.configure(
        dialect_name="postgresql",
        dialect_opts={"paramstyle": "named"},
        opts={"as_sql": True, "output_buffer": buffer},
    )
    with Operations.context(context):
        step.module.upgrade()
    return buffer.getvalue()
