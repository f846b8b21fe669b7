"""Schemas of earlier tests, emptied and renamed for the next: building one takes ten times as long."""

from collections.abc import Iterable
from contextlib import suppress
from typing import Any

import psycopg
from psycopg import errors

from tenants import names, owner, revisions
from tenants.bootstrap import FIRST_CELL
from tenants.driver import run_string
from tenants.engines import engines

Connection = psycopg.Connection[Any]

# A schema that has grown beyond this was used for much, or often: the next test gets a new one.
LARGEST_BYTES = 2**20

# What a change of the schema's structure or rights changes.
_SHAPE = """
SELECT md5(string_agg(concat_ws(' ', relname, relkind, relnatts, relchecks, relhastriggers, relrowsecurity,
                                replace(relacl::text, relnamespace::regnamespace::text, 'own'), reloptions),
                      E'\\n' ORDER BY relname)),
       sum(pg_relation_size(oid)) FILTER (WHERE relkind = 'r')
  FROM pg_class WHERE relnamespace = to_regnamespace(%s)
"""
# What refers to another table was made after it.
_FILLED = """
SELECT relname FROM pg_class
 WHERE relnamespace = to_regnamespace(%s) AND relkind = 'r' AND pg_relation_size(oid) > 0 ORDER BY oid DESC
"""
# The row is a new one: what refers to the old one goes with it.
_SPARE = """
INSERT INTO kith.tenants (cell_id, bucket_id, region, schema_rev, schema_name, state, created_at)
VALUES (%s, %s, %s, %s, %s, 'spare', '2000-01-01')
"""

_left: dict[str, list[str]] = {}
_shapes: dict[str, str] = {}
_links: dict[str, Connection] = {}


class InUse(Exception):
    """Somebody still holds the schema, or it is another's by now."""


def link(url: str) -> Connection:
    """This process's connection to a database as its owner, kept from test to test."""
    known = _links.get(url)
    if known is None or known.closed:
        known = _links[url] = owner.connect(url, "kith tests")
    return known


def unlink() -> None:
    """End all connections."""
    while _links:
        _links.popitem()[1].close()


def leave(control_url: str, schemas: Iterable[str]) -> None:
    """Nobody needs these schemas of the first cell any more."""
    _left.setdefault(control_url, []).extend(schemas)


def note(schema: str) -> None:
    """`schema` is as it was built: what is left must look like it to be used again."""
    here = engines()
    if here.control_url not in _shapes:
        _shapes[here.control_url], _ = _told(link(here.cell_url(FIRST_CELL)), schema)


def again() -> bool:
    """Whether there is now a spare out of what was left: empty, with names that nobody has heard of."""
    here = engines()
    waiting = _left.get(here.control_url, [])
    control, cell = link(here.control_url), link(here.cell_url(FIRST_CELL))
    while waiting:
        schema = waiting.pop()
        if _is_good(cell, schema, _shapes.get(here.control_url, "")):
            with suppress(InUse):
                _renew(control, cell, schema)
                return True
    return False


def _is_good(cell: Connection, schema: str, wanted: str) -> bool:
    shape, size = _told(cell, schema)
    return shape == wanted and size <= LARGEST_BYTES


def _told(cell: Connection, schema: str) -> tuple[str, int]:
    row = cell.execute(_SHAPE, [schema]).fetchone()
    return (str(row[0]), int(row[1] or 0)) if row else ("", 0)


def _renew(control: Connection, cell: Connection, schema: str) -> None:
    """Empties and renames it; raises InUse."""
    with control.transaction():
        row = control.execute(
            "DELETE FROM kith.tenants WHERE schema_name = %s AND cell_id = %s AND state = 'deleting'"
            " AND slug IS NULL RETURNING cell_id, bucket_id, region, schema_rev",
            [schema, FIRST_CELL],
        ).fetchone()
        if row is None:
            raise InUse(schema)
        fresh = names.new_schema()
        _empty(cell, names.tenant_name(schema), fresh)
        control.execute(_SPARE, [*row, fresh])


def _empty(cell: Connection, schema: str, fresh: str) -> None:
    filled = [name for (name,) in cell.execute(_FILLED, [schema]).fetchall()]
    seeds = revisions.seeds(revisions.head("tenant"))
    removals = "".join(f"DELETE FROM {schema}.{table};" for table in filled)
    try:
        run_string(
            cell,
            f"BEGIN; SET LOCAL lock_timeout = '300ms'; {removals}"
            f"ALTER SCHEMA {schema} RENAME TO {fresh}; ALTER ROLE {schema} RENAME TO {fresh};"
            f"SET LOCAL search_path = {fresh}, ext; {seeds}"
            f"UPDATE kith.tenant_rev SET schema_name = '{fresh}' WHERE schema_name = '{schema}'; COMMIT",
        )
    except (errors.LockNotAvailable, errors.DeadlockDetected) as error:
        cell.rollback()
        raise InUse(schema) from error
