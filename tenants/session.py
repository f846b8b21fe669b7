"""The one session: Flask-SQLAlchemy's, routed to the control database or to the current tenant."""

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, TypeVar, cast

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as FlaskSession
from sqlalchemy import Connection, Engine, MetaData, Table, TextClause, event, inspect
from sqlalchemy.dialects.postgresql import psycopg
from sqlalchemy.orm import Mapper, SessionTransaction, scoped_session
from sqlalchemy.sql import visitors
from sqlalchemy.types import NullType

from tenants.base import ControlBase
from tenants.context import STATEMENT_TIMEOUT_MS, Mode, TenantMixup, current, mode, transactions
from tenants.engines import engines

_TENANT = "tenant of this transaction"
_CONNECTION = "connection of this transaction"
_UNIT = "unit of work"
_LATER = "once committed"
_KNOWN = "found out in this transaction"
_DIALECT = psycopg.dialect()  # type: ignore[no-untyped-call]

T = TypeVar("T")


class Session(FlaskSession):
    """Control tables go to the control database, everything else to the tenant current at that moment.

    A transaction keeps the tenant of its first statement; one for another tenant raises TenantMixup.
    """

    def get_bind(
        self,
        mapper: Any | None = None,
        clause: Any | None = None,
        bind: Engine | Connection | None = None,
        **_: Any,
    ) -> Engine | Connection:
        if bind is not None:
            return bind
        if _metadata_of(mapper, clause) is ControlBase.metadata:
            return engines().control
        return engines().tenant(self._pin_tenant())

    def execute(self, statement: Any, params: Any = None, **more: Any) -> Any:
        """As always; a plain text goes to the driver as it is: composing it costs more than running it."""
        if type(statement) is TextClause and not any(more.values()) and not isinstance(params, list):
            written = _for_driver(statement)
            if written is not None:
                return self.connection().exec_driver_sql(written, params or {})
        return super().execute(statement, params, **more)

    def connection(self, bind_arguments: Any = None, execution_options: Any = None) -> Connection:
        """The current tenant's. A transaction looks for it once; asking for it begins a savepoint."""
        if bind_arguments or execution_options or not self.is_active or self.in_nested_transaction():
            return super().connection(bind_arguments, execution_options)
        self._pin_tenant()
        known: Connection | None = self.info.get(_CONNECTION)
        if known is None:
            known = self.info[_CONNECTION] = super().connection()
        return known

    def _pin_tenant(self) -> Any:
        tenant = current()
        pinned = self.info.setdefault(_TENANT, tenant)
        if pinned.schema != tenant.schema:
            raise TenantMixup(f"this transaction belongs to {pinned.schema}, the work to {tenant.schema}")
        return tenant


@lru_cache(maxsize=2048)
def _for_driver(statement: TextClause) -> str | None:
    """The text with the driver's marks for its values; None where these need more types than their own."""
    if statement.get_execution_options():
        return None
    if any(type(each.type) is not NullType or each.expanding for each in statement._bindparams.values()):
        return None
    return str(statement.compile(dialect=_DIALECT))


def _metadata_of(mapper: Any | None, clause: Any | None) -> MetaData | None:
    if mapper is not None:
        mapped: Mapper[Any] = inspect(mapper)
        return mapped.local_table.metadata if isinstance(mapped.local_table, Table) else None
    if clause is None:
        return None
    if isinstance(clause, Table):
        return clause.metadata
    return next((table.metadata for table in _tables(clause)), None)


def _tables(clause: Any) -> Iterator[Table]:
    """Tables that `clause` speaks of, the first columns' first."""
    for element in visitors.iterate(clause):
        table = element if isinstance(element, Table) else getattr(element, "table", None)
        if isinstance(table, Table):
            yield table


class Database(SQLAlchemy):
    """Flask-SQLAlchemy with the ground floor's engine in place of its own."""

    def _make_engine(self, *_: Any, **__: Any) -> Engine:
        return engines().control


_database = Database(session_options={"class_": Session, "expire_on_commit": False})
session: scoped_session[Session] = _database.session  # type: ignore[assignment]


@event.listens_for(Session, "after_transaction_end")
def _unpin_tenant(ended: Session, transaction: SessionTransaction) -> None:
    if transaction.parent is None:
        ended.info.pop(_TENANT, None)
        ended.info.pop(_CONNECTION, None)
        ended.info.pop(_KNOWN, None)


def init_app(app: Flask) -> None:
    """Bind the session to `app`; `tenants.engines.configure` must have been called."""
    app.config["SQLALCHEMY_DATABASE_URI"] = engines().control.url
    _database.init_app(app)


@contextmanager
def unit_of_work(
    read_only: bool = False, statement_timeout_ms: int = STATEMENT_TIMEOUT_MS
) -> Iterator[scoped_session[Session]]:
    """One transaction per database: committed at the end, rolled back when the block raises.

    The session is empty afterwards. Units do not nest. `statement_timeout_ms` 0 means no limit.
    """
    if session.info.get(_UNIT):
        raise RuntimeError("units of work do not nest: this session is in one already")
    session.info[_UNIT] = True
    with transactions(Mode(read_only, statement_timeout_ms)):
        try:
            yield session
            session.commit()
            later = session.info.get(_LATER, {})
        except BaseException:
            session.rollback()
            raise
        finally:
            session.remove()
    for act in later.values():
        act()


def once_committed(name: str, act: Callable[[], None]) -> None:
    """Call `act` after this unit of work has committed, once for each `name`; never when it is undone.

    The change is then done and stays: what fails in `act` is for `act` to bear.
    """
    session.info.setdefault(_LATER, {})[name] = act


def found_out(key: Hashable, make: Callable[[], T]) -> T:
    """What `make` returns, in a transaction that only reads the very same thing for as long as it lasts."""
    if not mode().read_only:
        return make()
    session.connection()  # what is known belongs to the transaction that begins here
    known: dict[Hashable, Any] = session.info.setdefault(_KNOWN, {})
    if key not in known:
        known[key] = make()
    return cast(T, known[key])


@contextmanager
def kept() -> Iterator[None]:
    """What the block does is committed at once, although the request will be refused.

    For what must not be undone with it, like ending stolen tokens; what the request did before is undone.
    """
    session.rollback()
    yield
    session.commit()
