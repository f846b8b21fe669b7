"""How many rows a table has and what their contents add up to, in whatever order they lie."""

from collections.abc import Iterable
from typing import NamedTuple

from psycopg import sql

from tenants.copying.layout import Table
from tenants.owner import Connection

# The hash is PostgreSQL's own of the row as text: the same on every server of every version since 11.
_SUM = "SELECT count(*), coalesce(sum(hashtextextended(copied::text, 0)), 0)::text FROM ({}) AS copied"


class Sum(NamedTuple):
    """Rows, and the sum of a 64-bit hash of each: equal where the same rows are."""

    rows: int
    checksum: str


class Mismatch(Exception):
    """What arrived is not what was sent."""


def of_table(connection: Connection, table: Table) -> Sum:
    """The sum of one table's rows as they are copied."""
    row = connection.execute(sql.SQL(_SUM).format(table.query())).fetchone()
    assert row is not None
    return Sum(int(row[0]), str(row[1]))


def of_tables(connection: Connection, found: Iterable[Table]) -> dict[str, Sum]:
    """The sums of several, by name."""
    return {table.name: of_table(connection, table) for table in found}


def compare(sent: dict[str, Sum], arrived: dict[str, Sum]) -> None:
    """Raises Mismatch that names the tables which differ."""
    wrong = sorted(name for name in sent.keys() | arrived.keys() if sent.get(name) != arrived.get(name))
    if wrong:
        told = ", ".join(f"{name} ({sent.get(name)} became {arrived.get(name)})" for name in wrong)
        raise Mismatch(f"These tables did not arrive as they were sent: {told}.")
