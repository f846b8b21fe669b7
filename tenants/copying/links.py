"""The owner's connections to a schema that is copied; they see values as the same text everywhere."""

from collections.abc import Iterator
from contextlib import contextmanager

from tenants import names, owner
from tenants.driver import run_string
from tenants.owner import Connection

# What a value looks like as text, and so its checksum, must not depend on the server it lies on.
_ALIKE = (
    "SET TimeZone = 'UTC'; SET DateStyle = 'ISO, YMD'; SET IntervalStyle = 'postgres';"
    " SET bytea_output = 'hex'; SET extra_float_digits = 1; SET statement_timeout = 0;"
    " SET maintenance_work_mem = '256MB'"
)


@contextmanager
def opened(url: str, schema: str) -> Iterator[Connection]:
    """The owner in `schema` of the database at `url`; no statement of it has a time limit."""
    with owner.connect(url, "kith copying") as connection:
        run_string(connection, f"SET search_path = {names.tenant_name(schema)}, ext; {_ALIKE}")
        yield connection


@contextmanager
def snapshot(connection: Connection) -> Iterator[str]:
    """Within the block all is read as of one moment; the transaction number below which all is seen."""
    with connection.transaction():
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        row = connection.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text").fetchone()
        assert row is not None
        yield str(row[0])
