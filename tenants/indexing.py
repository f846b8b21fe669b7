"""Indexes that a tenant wants on fields of its own: built as the owner, beside the tenant's own work."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from tenants import names, owner
from tenants.context import Tenant
from tenants.driver import run_string

# Also how long it waits for transactions of others, whatever table they are at.
LOCK_TIMEOUT = "30s"
_STANDS = "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(%s)"


@dataclass(frozen=True)
class Spread:
    """Statistics by their name of how the values of an expression of ours are spread in a table.

    The planner of queries has none of what lies in JSON, nor of the expressions of an index with a condition.
    """

    name: str
    expression: str
    table: str


@dataclass(frozen=True)
class Index:
    """An index by its name; `definition` is the table, the columns and the condition, as SQL of ours."""

    name: str
    definition: str
    is_unique: bool = False


def settle(tenant: Tenant, known: Mapping[str, Index], wanted: Collection[str]) -> None:
    """Of the indexes `known` by purpose, have those `wanted` and no other.

    Safe to repeat: one whose building was cut short is built anew. Raises psycopg.errors.UniqueViolation
    where values are not as unique as they should be.
    """
    schema = names.tenant_name(tenant.schema)
    with owner.of_cell(tenant.cell, "kith indexes") as cell:
        run_string(cell, f"SET search_path = {schema}, ext; SET lock_timeout = '{LOCK_TIMEOUT}'")
        for purpose, index in known.items():
            found = cell.execute(_STANDS, [f"{schema}.{index.name}"]).fetchone()
            if found is not None and not (found[0] and purpose in wanted):
                run_string(cell, f"DROP INDEX CONCURRENTLY {index.name}")
                found = None
            if purpose in wanted and found is None:
                unique = "UNIQUE " if index.is_unique else ""
                run_string(cell, f"CREATE {unique}INDEX CONCURRENTLY {index.name} ON {index.definition}")


def know(tenant: Tenant, spread: Spread, *, is_wanted: bool, counted: bool = False) -> None:
    """Have those statistics, or not; `counted`: at once and not with the table's next count."""
    schema = names.tenant_name(tenant.schema)
    with owner.of_cell(tenant.cell, "kith indexes") as cell:
        run_string(cell, f"SET search_path = {schema}, ext; SET lock_timeout = '{LOCK_TIMEOUT}'")
        if not is_wanted:
            run_string(cell, f"DROP STATISTICS IF EXISTS {spread.name}")
            return
        asked = f"{spread.name} ON ({spread.expression}) FROM {spread.table}"
        run_string(cell, f"CREATE STATISTICS IF NOT EXISTS {asked}")
        if counted:
            run_string(cell, f"ANALYZE {spread.table}")
