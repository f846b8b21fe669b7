"""Rows by COPY: piped in binary from schema to schema, or as CSV out to a file and in from one."""

from collections.abc import Iterable, Iterator
from typing import LiteralString

from psycopg import sql

from tenants.copying.layout import Table
from tenants.owner import Connection

_OUT = "COPY ({}) TO STDOUT ({})"
_IN = "COPY {} ({}) FROM STDIN ({})"
# A row's xmin is not older than the snapshot's: it may have been written since.
_SINCE = "age(xmin) <= age({}::text::xid)"
_STAGE = "kith_arrived"
_CSV_OUT, _CSV_IN = sql.SQL("FORMAT csv, HEADER"), sql.SQL("FORMAT csv, HEADER match")


def pipe(source: Connection, target: Connection, table: Table) -> None:
    """All rows of `table` into the empty one of the same name."""
    copy_query(source, target, table.query(), table.identifier, table.listed())


def pipe_changed(source: Connection, target: Connection, table: Table, since: str) -> int:
    """Bring up to date what was copied under a snapshot whose number was `since`; how many rows were sent.

    Rows that were written since replace those with their key. Where the numbers of rows differ then, all
    keys are sent, and rows that are gone go. The target has no foreign keys meanwhile.
    """
    with target.transaction():
        changed = _bring_changed(source, target, table, since)
        if _count(source, table) != _count(target, table):
            _drop_missing(source, target, table)
    return changed


def copy_query(
    source: Connection,
    target: Connection,
    query: sql.Composed,
    into: sql.Identifier,
    columns: sql.Composable,
) -> None:
    """What `query` finds there into these columns of the table `into` here, in binary."""
    out = sql.SQL(_OUT).format(query, sql.SQL("FORMAT binary"))
    arriving = sql.SQL(_IN).format(into, columns, sql.SQL("FORMAT binary"))
    with (
        source.cursor() as reading,
        target.cursor() as writing,
        reading.copy(out) as pieces,
        writing.copy(arriving) as end,
    ):
        for piece in pieces:
            end.write(piece)


def read_csv(source: Connection, table: Table) -> Iterator[bytes]:
    """The rows as CSV with a head line, in pieces of about a row."""
    return pieces_of(source, table.query())


def write_csv(target: Connection, table: Table, pieces: Iterable[bytes]) -> None:
    """Rows of CSV, whose head line must name the table's columns in their order, into the table."""
    take_pieces(target, table.identifier, table.listed(), pieces)


def pieces_of(source: Connection, query: sql.Composed) -> Iterator[bytes]:
    """What `query` finds as CSV with a head line."""
    with source.cursor() as cursor, cursor.copy(sql.SQL(_OUT).format(query, _CSV_OUT)) as out:
        for piece in out:
            yield bytes(piece)


def take_pieces(
    target: Connection, into: sql.Identifier, columns: sql.Composable, pieces: Iterable[bytes]
) -> None:
    """Enter CSV with a head line into these columns of the table `into`."""
    statement = sql.SQL(_IN).format(into, columns, _CSV_IN)
    with target.cursor() as cursor, cursor.copy(statement) as copy:
        for piece in pieces:
            copy.write(piece)


def _bring_changed(source: Connection, target: Connection, table: Table, since: str) -> int:
    condition = sql.SQL(_SINCE).format(sql.Literal(str(int(since) % 2**32)))
    stage = sql.Identifier(_STAGE)
    if not _any(source, table, condition):
        return 0
    target.execute(
        sql.SQL("CREATE TEMP TABLE {} ON COMMIT DROP AS SELECT {} FROM {} WITH NO DATA").format(
            stage, table.listed(), table.identifier
        )
    )
    copy_query(source, target, table.query(condition), stage, table.listed())
    _delete(target, table, "EXISTS", stage)
    done = target.execute(
        sql.SQL("INSERT INTO {} ({}) SELECT {} FROM {}").format(
            table.identifier, table.listed(), table.listed(), stage
        )
    )
    target.execute(sql.SQL("DROP TABLE {}").format(stage))
    return done.rowcount


def _drop_missing(source: Connection, target: Connection, table: Table) -> None:
    stage, keys = sql.Identifier(_STAGE), table.listed(table.key)
    target.execute(
        sql.SQL("CREATE TEMP TABLE {} ON COMMIT DROP AS SELECT {} FROM {} WITH NO DATA").format(
            stage, keys, table.identifier
        )
    )
    wanted = sql.SQL("SELECT {} FROM {}").format(keys, table.identifier)
    copy_query(source, target, wanted, stage, keys)
    _delete(target, table, "NOT EXISTS", stage)
    target.execute(sql.SQL("DROP TABLE {}").format(stage))


def _delete(target: Connection, table: Table, whether: LiteralString, stage: sql.Identifier) -> None:
    """Delete rows whose key is, or is not, among the staged ones."""
    alike = [sql.SQL("s.{} = t.{}").format(sql.Identifier(name), sql.Identifier(name)) for name in table.key]
    target.execute(sql.SQL("ANALYZE {}").format(stage))
    target.execute(
        sql.SQL("DELETE FROM {} AS t WHERE {} (SELECT FROM {} AS s WHERE {})").format(
            table.identifier, sql.SQL(whether), stage, sql.SQL(" AND ").join(alike)
        )
    )


def _any(source: Connection, table: Table, condition: sql.Composable) -> bool:
    query = sql.SQL("SELECT EXISTS (SELECT FROM {} WHERE {})").format(table.identifier, condition)
    row = source.execute(query).fetchone()
    return bool(row and row[0])


def _count(connection: Connection, table: Table) -> int:
    row = connection.execute(sql.SQL("SELECT count(*) FROM {}").format(table.identifier)).fetchone()
    assert row is not None
    return int(row[0])
