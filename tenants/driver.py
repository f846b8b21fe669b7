"""How Kith talks to PostgreSQL: by the extended protocol, except for the few strings of the ground floor."""

from collections.abc import Callable
from typing import Any, TypeVar

import orjson
import psycopg
from psycopg._queries import PostgresQuery
from psycopg.abc import Params, PQGen, Query
from psycopg.rows import TupleRow
from sqlalchemy import URL, Engine, create_engine, event, make_url
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from tenants import results, statements, stopwatch
from tenants.opening import OpeningConnection, OpeningCursor

# Planning a page's statements costs more than running them.
PREPARED_AFTER = 5

Connect = Callable[[dict[str, Any]], psycopg.Connection[Any]]
_Told = TypeVar("_Told")
_DIALECT = PGDialect_psycopg()  # type: ignore[no-untyped-call]


class WatchedConnection(OpeningConnection):
    """A connection whose every wait for the server counts on the stopwatch that runs."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.server_cursor_factory = GuardedServerCursor

    def wait(self, gen: PQGen[_Told], *limits: Any, **more: Any) -> _Told:
        with stopwatch.waiting():
            return super().wait(gen, *limits, **more)


class ExtendedCursor(psycopg.Cursor[TupleRow]):
    """A cursor whose every query is one statement: the server refuses `a; b` in the extended protocol."""

    def _execute_send(
        self,
        query: PostgresQuery,
        *,
        force_extended: bool = False,  # noqa: ARG002 - the signature is psycopg's
        binary: bool | None = None,
    ) -> None:
        super()._execute_send(query, force_extended=True, binary=binary)


class GuardedCursor(OpeningCursor, ExtendedCursor):
    """A cursor of ordinary transactions: it sends what is about rows, nothing that changes the session."""

    def _convert_query(self, query: Query, params: Params | None = None) -> PostgresQuery:
        converted = super()._convert_query(query, params)
        statements.check(converted.query)
        return converted


class GuardedServerCursor(psycopg.ServerCursor[TupleRow]):
    """The same for results that are fetched piece by piece: what is declared is one query of rows."""

    def _execute_send(
        self,
        query: PostgresQuery,
        *,
        force_extended: bool = False,  # noqa: ARG002 - the signature is psycopg's
        binary: bool | None = None,
    ) -> None:
        _, _, declared = query.query.partition(b" FOR ")
        statements.check(declared)
        super()._execute_send(query, force_extended=True, binary=binary)


def run_string(connection: psycopg.Connection[Any], sql: str) -> None:
    """Send `sql`, which may hold several statements and never holds a caller's value, in one round trip."""
    with psycopg.Cursor(connection) as cursor:
        cursor.execute(sql.encode())


def sqlalchemy_url(url: str | URL) -> URL:
    """`url` (postgresql://...) for SQLAlchemy with psycopg."""
    return make_url(url).set(drivername="postgresql+psycopg")


def psycopg_url(url: str | URL) -> str:
    """`url` for psycopg itself, password included."""
    plain = make_url(url).set(drivername="postgresql")
    return plain.render_as_string(hide_password=False)


def libpq_arguments(url: URL) -> dict[str, Any]:
    """What `url` says of the server, as psycopg's connect takes it."""
    _, named = _DIALECT.create_connect_args(sqlalchemy_url(url))  # type: ignore[no-untyped-call]
    return dict(named)


def connected(named: dict[str, Any]) -> psycopg.Connection[Any]:
    """A connection by psycopg's arguments `named`."""
    with stopwatch.waiting():
        return WatchedConnection.connect(**named)


def make_engine(url: str | URL, *, application: str, connect: Connect = connected, **pool: Any) -> Engine:
    """An engine in driver autocommit: who begins a transaction is the hook, not the driver.

    `connect` opens each connection; it is given what `url` says, and what is true for all of them.
    What is asked often is prepared on the server. For the next tenant the same text means another table: the
    server sees that the search path is another one and plans afresh.
    """
    engine = create_engine(
        make_url(url).set(drivername="postgresql+psycopg"),
        use_native_hstore=False,
        json_deserializer=orjson.loads,
        json_serializer=_to_json,
        # Errors end up in logs; what customers wrote and what proves who they are does not.
        hide_parameters=True,
        connect_args={
            "autocommit": True,
            "cursor_factory": GuardedCursor,
            "prepare_threshold": PREPARED_AFTER,
            "application_name": application,
            "connect_timeout": 10,
        },
        **pool,
    )
    engine.dialect.execution_ctx_cls = results.Context

    def do_connect(_dialect: Any, _record: Any, _arguments: Any, named: dict[str, Any]) -> Any:
        return connect(named)

    event.listen(engine, "do_connect", do_connect)
    return engine


def _to_json(value: Any) -> str:
    return orjson.dumps(value).decode()
