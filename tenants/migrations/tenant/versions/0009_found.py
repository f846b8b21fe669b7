"""What lists are filtered by together is found together, and the planner knows how the values are spread.

Statistics of a partial index's expressions are not used, so that a town of fifty people counted as one of
five thousand.
"""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

# (table, texts that lists are sorted by).
ORDERED = (
    ("companies", "name city email"),
    ("contacts", "name last_name email city"),
    ("deals", "name"),
    ("products", "name sku"),
    ("orders", "number"),
    ("cases", "number"),
    ("activities", "subject"),
    ("records", "name"),
)
# What has few values stands first: PostgreSQL skips from value to value of what is not asked for. Times stand last:
# what does not fit them is passed over without a look at the record.
FOUND = ("companies", "contacts")

later = tuple(
    f"CREATE INDEX CONCURRENTLY IF NOT EXISTS {table}_found"
    f" ON {table} (lifecycle, country, owner_id, ext.sort_key(city), created_at, updated_at) WHERE deleted_at IS NULL"
    for table in FOUND
)


def upgrade() -> None:
    for table, names in ORDERED:
        for name in names.split():
            op.execute(f"CREATE STATISTICS {table}_{name}_order ON ext.sort_key({name}) FROM {table}")
