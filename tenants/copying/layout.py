"""What a schema consists of, read from the catalogue as its owner."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from psycopg import sql

from tenants import inside
from tenants.owner import Connection

# Computed columns compute themselves. A transaction's number means nothing in another cluster: facts get
# that of the transaction which brings them, before all that follow there.
_COLUMNS = f"""
SELECT c.relname,
       array_agg(a.attname ORDER BY a.attnum)
           FILTER (WHERE a.attgenerated = '' AND a.atttypid <> 'xid8'::regtype),
       (SELECT array_agg(k.attname ORDER BY array_position(i.indkey::int2[], k.attnum))
          FROM pg_index i JOIN pg_attribute k ON k.attrelid = i.indrelid AND k.attnum = ANY (i.indkey)
         WHERE i.indrelid = c.oid AND i.indisprimary)
  FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
 WHERE c.oid IN ({inside.tables("%s::regnamespace")}) AND c.relkind = 'r'
 GROUP BY c.oid, c.relname ORDER BY c.relname
"""  # noqa: S608 - all of it is our own
_STANDING = "SELECT rev, later FROM kith.tenant_rev WHERE schema_name = %s"
_STANDING_HELD = f"{_STANDING} FOR UPDATE"
# Where building indexes afterwards is quicker than keeping them up with every row.
_BIG_BYTES = 1_000_000


@dataclass(frozen=True)
class Table:
    """A table, its columns that are copied and those of its primary key.

    `shown` gives some columns another expression when they are read, `where` leaves out rows.
    """

    name: str
    columns: Sequence[str]
    key: Sequence[str]
    shown: Mapping[str, str] = field(default_factory=dict)
    where: str = ""

    @property
    def identifier(self) -> sql.Identifier:
        """The name for SQL."""
        return sql.Identifier(self.name)

    def listed(self, columns: Sequence[str] | None = None) -> sql.Composed:
        """The columns for SQL, by default all that are copied."""
        return sql.SQL(", ").join(map(sql.Identifier, self.columns if columns is None else columns))

    def query(self, condition: sql.Composable | None = None) -> sql.Composed:
        """A SELECT of the rows as they are copied."""
        expressions = [
            sql.SQL(f"{self.shown[name]} AS {{}}").format(sql.Identifier(name))
            if name in self.shown
            else sql.Identifier(name)
            for name in self.columns
        ]
        conditions: list[sql.Composable] = [sql.SQL(self.where)] if self.where else []
        conditions += [condition] if condition is not None else []
        text = sql.SQL("SELECT {} FROM {}").format(sql.SQL(", ").join(expressions), self.identifier)
        return text + sql.SQL(" WHERE ") + sql.SQL(" AND ").join(conditions) if conditions else text


def tables(connection: Connection, schema: str) -> list[Table]:
    """Every table of `schema`, by name."""
    rows = connection.execute(_COLUMNS, [schema]).fetchall()
    return [Table(name, tuple(columns), tuple(key)) for name, columns, key in rows]


class Standing(NamedTuple):
    """A schema's revision, and the revisions whose later parts are done in it."""

    revision: str
    later: list[str]


def standing(connection: Connection, schema: str, *, hold: bool = False) -> Standing | None:
    """How far a schema is migrated; None where the cell does not know it.

    With `hold` no migration runs over it until the connection's transaction ends.
    """
    row = connection.execute(_STANDING_HELD if hold else _STANDING, [schema]).fetchone()
    return Standing(*row) if row else None


def big_tables(connection: Connection, schema: str) -> set[str]:
    """The names of those with so much in them that their indexes are better built afterwards."""
    query = (
        f"SELECT relname FROM pg_class WHERE oid IN ({inside.tables('%s::regnamespace')})"  # noqa: S608
        " AND relkind = 'r'"
        " AND pg_relation_size(oid) > %s"
    )
    return {name for (name,) in connection.execute(query, [schema, _BIG_BYTES]).fetchall()}
