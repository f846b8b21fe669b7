"""The hook: what opens a transaction as a role, in a schema, within a time limit."""

from collections.abc import Callable
from functools import lru_cache

from sqlalchemy import Connection, Engine, event

from tenants import names
from tenants.context import Mode, TenantMixup, current, mode
from tenants.opening import OpeningConnection
from tenants.pool import BucketEngine, meet

CONTROL_ROLE = "kith_control"
CONTROL_SCHEMA = "kith"


def open_as_control(engine: Engine) -> None:
    """Every transaction of `engine` runs as kith_control: data of the control database, never structure."""
    event.listen(engine, "begin", _opener(lambda: (CONTROL_ROLE, CONTROL_SCHEMA)))


def open_as_tenant(engine: Engine) -> None:
    """Every transaction of `engine` belongs to the tenant current at its begin, and to no other."""
    event.listen(engine, "begin", _opener(_tenant_place))
    event.listen(engine, "before_cursor_execute", _refuse_mixup)


@lru_cache(maxsize=4096)
def opening(role: str, schema: str, how: Mode) -> tuple[bytes, ...]:
    """The hook's statements: begin, become `role`, see only `schema` and the extensions."""
    statements = [
        f"BEGIN READ {'ONLY' if how.read_only else 'WRITE'}",
        f"SET LOCAL ROLE {names.plain_name(role)}",
        f"SET LOCAL search_path = {names.plain_name(schema)}, ext",
        f"SET LOCAL statement_timeout = {int(how.statement_timeout_ms)}",
        *([] if how.durable else ["SET LOCAL synchronous_commit = off"]),
    ]
    return tuple(statement.encode() for statement in statements)


def begin_string(role: str, schema: str, how: Mode) -> str:
    """The same as one text, for a connection that is no pool's."""
    return b"; ".join(opening(role, schema, how)).decode()


def _tenant_place() -> tuple[str, str]:
    schema = current().schema
    return schema, schema


def _opener(place: Callable[[], tuple[str, str]]) -> Callable[[Connection], None]:
    def begin(connection: Connection) -> None:
        role, schema = place()
        _living(connection).open_with(opening(role, schema, mode()))
        connection.info["role"] = role
        meet(connection.info, role)

    return begin


def _living(connection: Connection) -> OpeningConnection:
    """The driver's connection; one that died while it lay in the pool is replaced by a new one."""
    driver = _driver(connection)
    if not driver.has_ended():
        return driver
    if isinstance(connection.engine, BucketEngine):
        connection.engine.drop_idle()
    connection.invalidate()
    return _driver(connection)


def _driver(connection: Connection) -> OpeningConnection:
    driver = connection.connection.driver_connection
    assert isinstance(driver, OpeningConnection)
    return driver


def _refuse_mixup(connection: Connection, *_: object) -> None:
    role = connection.info.get("role")
    if current().schema != role:
        raise TenantMixup(f"this transaction belongs to {role}, the work at hand to {current().schema}")
