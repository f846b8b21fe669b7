"""What is put aside while rows arrive and given back afterwards: foreign keys, and indexes of big tables."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from psycopg import sql

from tenants import inside, names
from tenants.owner import Connection

_FOREIGN_KEYS = f"""
SELECT c.relname, k.conname, pg_get_constraintdef(k.oid)
  FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
 WHERE k.conrelid IN ({inside.tables("%s::regnamespace")}) AND k.contype = 'f'
 ORDER BY c.relname, k.conname
"""  # noqa: S608 - all of it is our own
_INDEXES = f"""
SELECT i.relname, pg_get_indexdef(x.indexrelid)
  FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class t ON t.oid = x.indrelid
 WHERE t.oid IN ({inside.tables("%(schema)s::regnamespace")})
   AND (%(tables)s::text[] IS NULL OR t.relname = ANY (%(tables)s))
   AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = x.indexrelid AND k.contype <> 'f')
   AND x.indisvalid ORDER BY t.relname, i.relname
"""  # noqa: S608 - all of it is our own


@dataclass(frozen=True)
class PutAside:
    """The statements that make a schema whole again."""

    indexes: Sequence[str]
    foreign_keys: Sequence[sql.Composed]


def put_aside(
    target: Connection, schema: str, big: Collection[str], *, extra: Sequence[str] = ()
) -> PutAside:
    """Drop all foreign keys and the indexes of `big` tables; `extra` are indexes to be built as well."""
    names.tenant_name(schema)
    keys = target.execute(_FOREIGN_KEYS, [schema]).fetchall()
    indexes = _indexes(target, schema, sorted(big))
    with target.transaction():
        for table, name, _ in keys:
            target.execute(
                sql.SQL("ALTER TABLE {} DROP CONSTRAINT {}").format(
                    sql.Identifier(table), sql.Identifier(name)
                )
            )
        for name in indexes:
            target.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(name)))
    added = sql.SQL("ALTER TABLE {} ADD CONSTRAINT {} ")
    return PutAside(
        [*indexes.values(), *extra],
        [
            added.format(sql.Identifier(table), sql.Identifier(name)) + sql.SQL(definition)
            for table, name, definition in keys
        ],
    )


def build_indexes(target: Connection, aside: PutAside) -> None:
    """Build the indexes, each in a transaction of its own."""
    for definition in aside.indexes:
        target.execute(definition.encode())


def add_foreign_keys(target: Connection, aside: PutAside) -> None:
    """Add the foreign keys in one transaction; the server checks every row."""
    with target.transaction():
        for statement in aside.foreign_keys:
            target.execute(statement)


def own_indexes(source: Connection, target: Connection, schema: str) -> list[str]:
    """Definitions of indexes that the source has and a schema fresh from its revisions has not."""
    standard = _indexes(target, schema, None)
    return [made for name, made in _indexes(source, schema, None).items() if name not in standard]


def analyse(target: Connection, tables: Collection[str]) -> None:
    """Count what the planner of queries goes by."""
    for table in sorted(tables):
        target.execute(sql.SQL("ANALYZE {}").format(sql.Identifier(table)))


def _indexes(connection: Connection, schema: str, tables: list[str] | None) -> dict[str, str]:
    found = connection.execute(_INDEXES, {"schema": schema, "tables": tables}).fetchall()
    return dict(found)
