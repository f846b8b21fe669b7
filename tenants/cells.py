"""Cells and regions as an operator handles them: added, closed, watched, removed."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import psycopg
from psycopg.rows import class_row
from sqlalchemy import URL, make_url

from tenants import bootstrap, owner, pooling, runner
from tenants.engines import engines

_Info = TypeVar("_Info")

NAME = re.compile(r"[a-z][a-z0-9-]{0,31}")
CAPACITY = 2500


class Refused(ValueError):
    """What was asked of a cell or region cannot be done; the text says why and what helps."""


@dataclass(frozen=True)
class CellInfo:
    """One cell: `tenants` are companies, `schemas` all that stands in it, spares and what is ending too."""

    id: str
    region: str
    state: str
    down_since: datetime | None
    capacity: int
    tenants: int
    spares: int
    schemas: int
    buckets: int
    has_pooler: bool


@dataclass(frozen=True)
class RegionInfo:
    """One region; `open_cells` take new companies."""

    id: str
    label: str
    time_zone: str
    position: int
    cells: int
    open_cells: int
    tenants: int


_CELLS = """
SELECT c.id, c.region, c.state, c.down_since, c.capacity, c.pooler_encrypted IS NOT NULL AS has_pooler,
       (SELECT count(*) FROM kith.tenants WHERE cell_id = c.id AND slug IS NOT NULL) AS tenants,
       (SELECT count(*) FROM kith.tenants WHERE cell_id = c.id AND state = 'spare') AS spares,
       (SELECT coalesce(sum(tenants_count), 0)::int FROM kith.buckets WHERE cell_id = c.id) AS schemas,
       (SELECT count(*) FROM kith.buckets WHERE cell_id = c.id) AS buckets
  FROM kith.cells c ORDER BY c.id
"""
_REGIONS = """
SELECT r.id, r.label, r.time_zone, r.position,
       (SELECT count(*) FROM kith.cells WHERE region = r.id) AS cells,
       (SELECT count(*) FROM kith.cells WHERE region = r.id AND state = 'open') AS open_cells,
       (SELECT count(*) FROM kith.tenants WHERE region = r.id AND slug IS NOT NULL) AS tenants
  FROM kith.regions r ORDER BY r.position, r.id
"""
# What belongs to no company: spares, and claims that were given up.
_REMOVE = (
    "DELETE FROM kith.tenants WHERE cell_id = %s AND slug IS NULL",
    "DELETE FROM kith.buckets WHERE cell_id = %s",
    "DELETE FROM kith.migration_runs WHERE cell_id = %s",
    "DELETE FROM kith.backups WHERE cell_id = %s",
    "DELETE FROM kith.cells WHERE id = %s",
)


def names() -> list[str]:
    """Every cell's name, in order."""
    return runner.cell_ids(engines())


def all_cells() -> list[CellInfo]:
    """Every cell, in the order of their names."""
    return _read(CellInfo, _CELLS)


def one(cell: str) -> CellInfo:
    """The cell of that name; raises Refused."""
    found = next((each for each in all_cells() if each.id == cell), None)
    if found is None:
        raise Refused(f"There is no cell {cell}: ./kith cell list shows them.")
    return found


def all_regions() -> list[RegionInfo]:
    """Every region, in the order in which they are offered."""
    return _read(RegionInfo, _REGIONS)


def add_region(region: str, label: str, time_zone: str, position: int = 0) -> None:
    """Offer a region, or describe one anew; raises Refused."""
    if not NAME.fullmatch(region):
        raise Refused("A region's name has small letters, digits and hyphens, and begins with a letter.")
    with _control() as control:
        control.execute(
            "INSERT INTO kith.regions (id, label, time_zone, position) VALUES (%s, %s, %s, %s)"
            " ON CONFLICT (id) DO UPDATE SET label = excluded.label, time_zone = excluded.time_zone,"
            " position = excluded.position",
            [region, label, time_zone, position],
        )


def add(
    cell: str,
    url: str,
    *,
    admin_url: str = "",
    pooler_url: str = "",
    region: str = "home",
    capacity: int = CAPACITY,
    is_open: bool = True,
) -> CellInfo:
    """Make a cluster a cell: database, owner, hardening, revisions, then its entry in the directory.

    `url` names the owner to be, its password and the database to be; `admin_url` is a superuser's of that
    cluster, and without one the database has to be prepared already. Repeat it as often as one likes.
    Raises Refused, and psycopg.Error where the cluster refuses.
    """
    place = _checked(cell, url, region, capacity)
    if admin_url:
        bootstrap.prepare_cluster(admin_url, place)
    owner.connect(place.url).close()  # says what is wrong with the address before anything is changed
    runner.migrate_cell(place.url)
    _refuse_strangers(cell, place.url)
    sealed = engines().vault.seal(place.url)
    with _control() as control:
        control.execute(
            "INSERT INTO kith.cells (id, dsn_encrypted, region, capacity, state)"
            " VALUES (%s, %s, %s, %s, 'closed') ON CONFLICT (id) DO UPDATE SET"
            " dsn_encrypted = excluded.dsn_encrypted, region = excluded.region, capacity = excluded.capacity",
            [cell, sealed, region, capacity],
        )
    pooling.settle(cell, pooler_url or None)
    return set_open(cell, is_open)


def set_open(cell: str, is_open: bool) -> CellInfo:
    """Let new companies into the cell, or no more; those who are there notice nothing. Raises Refused."""
    with _control() as control:
        control.execute(
            "UPDATE kith.cells SET state = %s WHERE id = %s", ["open" if is_open else "closed", cell]
        )
    return one(cell)


def remove(cell: str) -> CellInfo:
    """Take a cell without companies out of the directory; its cluster is left as it is. Raises Refused."""
    found = one(cell)
    with _control() as control, control.transaction():
        control.execute("SELECT FROM kith.cells WHERE id = %s FOR UPDATE", [cell])
        row = control.execute(
            "SELECT count(*) FROM kith.tenants WHERE cell_id = %s AND slug IS NOT NULL", [cell]
        ).fetchone()
        if row and row[0]:
            raise Refused(f"{row[0]} companies live in {cell}: move them first, with ./kith tenant move.")
        for statement in _REMOVE:
            control.execute(statement.encode(), [cell])
    return found


def note(cell: str, is_up: bool) -> bool:
    """Write down whether the cell answers; whether that is news."""
    with _control() as control:
        row = control.execute(
            "UPDATE kith.cells SET down_since = CASE WHEN %(is_up)s THEN NULL ELSE now() END"
            " WHERE id = %(cell)s AND (down_since IS NOT NULL) = %(is_up)s RETURNING id",
            {"cell": cell, "is_up": is_up},
        ).fetchone()
    return row is not None


def _checked(cell: str, url: str, region: str, capacity: int) -> bootstrap.Place:
    if not NAME.fullmatch(cell):
        raise Refused("A cell's name has small letters, digits and hyphens, and begins with a letter.")
    if capacity < 1:
        raise Refused("A cell has room for at least one company.")
    if region not in {each.id for each in all_regions()}:
        raise Refused(f"There is no region {region}: add it first, with ./kith region add.")
    known = next((each for each in all_cells() if each.id == cell), None)
    if known is not None and known.region != region and known.tenants:
        raise Refused(f"{cell} lies in {known.region}, and companies chose that: add another cell.")
    try:
        place = bootstrap.Place.of(url)
    except ValueError as error:
        raise Refused(f"{error}.") from None
    _refuse_taken(cell, place.url)
    return place


def _refuse_taken(cell: str, url: str) -> None:
    """A database is one cell's: two names for it would hand out its schemas twice.

    An owner has one password in a cluster: another one would lock out who uses it already.
    """
    here, wanted = engines(), make_url(url)
    with _control() as control:
        rows = control.execute("SELECT id, dsn_encrypted FROM kith.cells WHERE id <> %s", [cell]).fetchall()
    known = {str(name): make_url(here.vault.open(sealed)) for name, sealed in rows}
    for name, there in {**known, "the control database": make_url(here.control_url)}.items():
        if _login(there) != _login(wanted):
            continue
        if there.database == wanted.database:
            raise Refused(f"This database is {name} already.")
        if there.password != wanted.password:
            raise Refused(f"{name} uses this owner with another password: choose another owner's name.")


def _login(url: URL) -> tuple[Any, ...]:
    return url.host, url.port or 5432, url.username


def _refuse_strangers(cell: str, url: str) -> None:
    with owner.connect(url) as there:
        schemas = [row[0] for row in there.execute("SELECT schema_name FROM kith.tenant_rev LIMIT 1")]
    with _control() as control:
        known = control.execute(
            "SELECT 1 FROM kith.tenants WHERE schema_name = ANY (%s) AND cell_id = %s", [schemas, cell]
        ).fetchone()
    if schemas and known is None:
        raise Refused(
            "This database holds schemas that the directory does not know as this cell's: it belongs to"
            " another Kith or to a cell that was removed. Name a fresh one."
        )


@contextmanager
def _control() -> Iterator[owner.Connection]:
    with owner.connect(engines().control_url) as connection:
        yield connection


def _read(kind: type[_Info], query: str) -> list[_Info]:
    with _control() as control, psycopg.Cursor(control, row_factory=class_row(kind)) as cursor:
        return cursor.execute(query.encode()).fetchall()
