"""Statements of every request, straight to the driver: what is wrapped around them costs more than they."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import psycopg
from psycopg.rows import namedtuple_row
from sqlalchemy import ClauseElement, Connection, TextClause
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from tenants.driver import GuardedCursor
from tenants.session import session

_DIALECT = PGDialect_psycopg(paramstyle="numeric_dollar")  # type: ignore[no-untyped-call]


@dataclass(frozen=True)
class Written:
    """A statement as the server takes it: `names` are those of $1, $2 and on, `values` what it has itself."""

    text: str
    sql: bytes
    names: tuple[str, ...]
    values: Mapping[str, Any]


class _Cursor(GuardedCursor, psycopg.RawCursor[Any]):
    """A cursor for statements that need no rewriting."""


def written(statement: ClauseElement) -> Written:
    """The statement as the server takes it, whatever its values will be."""
    compiled: Any = statement.compile(dialect=_DIALECT)
    text = str(compiled)
    return Written(text, text.encode(), tuple(compiled.positiontup or ()), compiled.params)


def rows(statement: TextClause | Written, values: Mapping[str, Any], *, is_last: bool = False) -> list[Any]:
    """What `statement` returns in the current tenant's transaction: named tuples, of the driver's types.

    The transaction ends together with a statement that `is_last`. Raises what the session raises.
    """
    if is_last:
        session.flush()
        ending(session.connection())
    known = _written(statement) if isinstance(statement, TextClause) else statement
    own = known.values
    asked = [values[name] if name in values else own[name] for name in known.names]
    return _run(session.connection(), known, asked)


def ending(connection: Connection) -> Connection:
    """The same; its next statement is its transaction's last, and committed in the same round trip.

    Not for a transaction within another: there nothing is committed before its time.
    """
    if not connection.in_nested_transaction():
        driver: Any = connection.connection.driver_connection
        driver.close_with_next()
    return connection


_written = lru_cache(maxsize=2048)(written)


def _run(connection: Connection, known: Written, asked: list[Any]) -> list[Any]:
    driver: Any = connection.connection.driver_connection
    cursor: Any = _Cursor(driver, row_factory=namedtuple_row)
    for hear in connection.dispatch.before_cursor_execute:
        hear(connection, cursor, known.text, asked, None, False)
    try:
        cursor.execute(known.sql, asked)
    except psycopg.Error as error:
        connection._handle_dbapi_exception(error, known.text, None, cursor, None)
    told = cursor.pgresult
    return cursor.fetchall() if told is not None and told.nfields else []
