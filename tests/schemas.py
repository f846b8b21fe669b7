"""Schemas of earlier tests, emptied and renamed for the next: building one takes ten times as long."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
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

# Whatever stands in the schema, found by indexes: no catalogue has one by the schema, and all other tests'
# schemas are in there as well.
_TABLES = """
SELECT objid AS oid FROM pg_depend
 WHERE classid = 'pg_class'::regclass AND refclassid = 'pg_namespace'::regclass
   AND refobjid = to_regnamespace(%s)
"""
# What a change of the schema's structure or rights changes.
_SHAPE = f"""
WITH tables AS MATERIALIZED ({_TABLES}),
     relations AS (SELECT oid FROM tables
                   UNION ALL SELECT indexrelid FROM pg_index WHERE indrelid IN (SELECT oid FROM tables))
SELECT md5(string_agg(concat_ws(' ', relname, relkind, relnatts, relchecks, relhastriggers, relrowsecurity,
                                replace(relacl::text, relnamespace::regnamespace::text, 'own'), reloptions),
                      E'\\n' ORDER BY relname)),
       sum(pg_relation_size(oid)) FILTER (WHERE relkind = 'r')
  FROM relations JOIN pg_class USING (oid)
"""
# What refers to another table was made after it.
_FILLED = f"""
SELECT relname FROM ({_TABLES}) AS tables JOIN pg_class USING (oid)
 WHERE relkind = 'r' AND pg_relation_size(oid) > 0 ORDER BY oid DESC
"""
# The row is a new one: what refers to the old one goes with it.
_SPARE = """
INSERT INTO kith.tenants (cell_id, bucket_id, region, schema_rev, schema_name, state, created_at)
VALUES (%s, %s, %s, %s, %s, 'spare', '2000-01-01')
"""

_left: dict[str, list[str]] = {}
_shapes: dict[str, str] = {}
_links: dict[str, Connection] = {}
_cells: dict[str, str] = {}


class InUse(Exception):
    """Somebody still holds the schema, or it is another's by now."""


def link(url: str) -> Connection:
    """This process's connection to a database as its owner, kept from test to test while its server lives."""
    known = _links.get(url)
    if known is None or not _lives(known):
        known = _links[url] = owner.connect(url, "kith tests")
    return known


def _lives(connection: Connection) -> bool:
    try:
        connection.execute("SELECT 1")
    except psycopg.OperationalError:
        connection.close()
        return False
    return True


def first_cell() -> Connection:
    """The same to the first cell of the databases at hand."""
    here = engines()
    if here.control_url not in _cells:
        _cells[here.control_url] = here.cell_url(FIRST_CELL)
    return link(_cells[here.control_url])


def unlink() -> None:
    """End all connections."""
    while _links:
        _links.popitem()[1].close()


@contextmanager
def as_built(schema: str, tables: Iterable[str]) -> Iterator[Connection]:
    """The owner of the first cell among these tables of the schema, empty and as nobody has counted them.

    What the planner thinks of the schema's own depends on what autovacuum has come by. It is undone.
    """
    copies = "".join(f"CREATE TABLE built.{name} (LIKE {name} INCLUDING ALL);" for name in tables)
    owner = first_cell()
    with owner.transaction(force_rollback=True):
        run_string(owner, f"SET LOCAL search_path = {schema}, ext; CREATE SCHEMA built; {copies}")
        run_string(owner, f"SET LOCAL search_path = built, {schema}, ext")
        yield owner


def leave(control_url: str, schemas: Iterable[str]) -> None:
    """Nobody needs these schemas of the first cell any more."""
    _left.setdefault(control_url, []).extend(schemas)


def note(schema: str) -> None:
    """`schema` is as it was built: what is left must look like it to be used again."""
    here = engines()
    if here.control_url not in _shapes:
        _shapes[here.control_url], _ = _told(first_cell(), schema)


def again() -> bool:
    """Whether there is now a spare out of what was left: empty, with names that nobody has heard of."""
    here = engines()
    waiting = _left.get(here.control_url, [])
    while waiting:
        schema = waiting.pop()
        if _is_good(first_cell(), schema, _shapes.get(here.control_url, "")):
            with suppress(InUse):
                _renew(link(here.control_url), first_cell(), schema)
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
