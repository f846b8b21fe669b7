"""The moment from which nobody writes to a schema: no late request, no process that has not heard."""

import time
from collections.abc import Mapping, Sequence

import psycopg
from psycopg import sql

from tenants import inside
from tenants.copying.layout import Table
from tenants.driver import run_string
from tenants.owner import Connection

# Well below deadlock_timeout (1 s): who waits for us and is waited for goes first.
_LOCK_MS = 400
_PAUSE = 0.1
_WRITING = frozenset({"INSERT", "UPDATE", "DELETE", "TRUNCATE", "MAINTAIN"})
_RIGHTS = f"""
SELECT c.relname, a.privilege_type FROM pg_class c, aclexplode(c.relacl) a
 WHERE c.oid IN ({inside.tables("%(schema)s::text::regnamespace")}) AND c.relkind = 'r'
   AND a.grantee = (SELECT oid FROM pg_roles WHERE rolname = %(schema)s::text)
 ORDER BY c.relname, a.privilege_type
"""  # noqa: S608 - all of it is our own


class StillWriting(Exception):
    """Somebody's transaction did not end in time."""


def rights(source: Connection, schema: str) -> dict[str, list[str]]:
    """By table what its tenant may write, to be given back by `open_again`."""
    found: dict[str, list[str]] = {}
    for table, privilege in source.execute(_RIGHTS, {"schema": schema}).fetchall():
        if privilege in _WRITING:
            found.setdefault(table, []).append(privilege)
    return found


def close(source: Connection, schema: str, tables: Sequence[Table], seconds: float) -> None:
    """Wait until who is writing has ended, and take the right to write from the tenant's role.

    After this nothing is written that was not committed before; reading goes on. Raises StillWriting where
    somebody does not end within `seconds`; then nothing has changed.
    """
    until = time.monotonic() + seconds
    while True:
        try:
            return _close(source, schema, tables)
        except (psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected) as error:
            if time.monotonic() > until:
                raise StillWriting(f"writing in {schema} did not end within {seconds:g} s") from error
            time.sleep(_PAUSE)


def open_again(source: Connection, schema: str, rights_before: Mapping[str, Sequence[str]]) -> None:
    """Give back what `close` took."""
    with source.transaction():
        for table, privileges in rights_before.items():
            allowed = sql.SQL(", ").join(sql.SQL(each) for each in privileges if each in _WRITING)
            source.execute(
                sql.SQL("GRANT {} ON {} TO {}").format(allowed, sql.Identifier(table), sql.Identifier(schema))
            )


def _close(source: Connection, schema: str, tables: Sequence[Table]) -> None:
    """Who waits for the lock finds that the right is gone: rights are checked after locks are had."""
    with source.transaction():
        run_string(source, f"SET LOCAL lock_timeout = {_LOCK_MS}")
        every = sql.SQL(", ").join(table.identifier for table in tables)
        source.execute(sql.SQL("LOCK TABLE {} IN SHARE MODE").format(every))
        source.execute(
            sql.SQL(
                "REVOKE INSERT, UPDATE, DELETE, TRUNCATE, MAINTAIN ON ALL TABLES IN SCHEMA {0} FROM {0}"
            ).format(sql.Identifier(schema))
        )
