"""What lies in the trash is found there; the planner knows how more of what lists are filtered by is spread.

The index has what was deleted and nothing else: who writes a record that lives pays nothing for it.
"""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

# Of these a company may have very many.
MANY = "companies contacts deals activities orders deliveries".split()
TRASH = "(updated_at, id) WHERE deleted_at IS NOT NULL"

# Texts that lists are filtered by and not sorted.
FILTERED = (("companies", "industry postcode region"), ("contacts", "title postcode region"))

later = (
    *(f"CREATE INDEX CONCURRENTLY IF NOT EXISTS {table}_trash ON {table} {TRASH}" for table in MANY),
    "CREATE INDEX CONCURRENTLY IF NOT EXISTS records_trash"
    " ON records (object, updated_at, id) WHERE deleted_at IS NOT NULL",
)


def upgrade() -> None:
    for table, names in FILTERED:
        for name in names.split():
            op.execute(f"CREATE STATISTICS {table}_{name}_order ON ext.sort_key({name}) FROM {table}")
