"""Where a new company goes: the emptiest open cell of the region that it wants."""

from typing import Any, NamedTuple

from sqlalchemy import CTE, Float, Select, cast, func, literal_column, select

from tenants.context import Mode, transactions
from tenants.engines import engines
from tenants.models import SPARE, Bucket, Cell, Region, TenantRecord


class NoRoom(RuntimeError):
    """No open cell of the region has room and answers."""


class Home(NamedTuple):
    """A region that a company may choose now; `time_zone` is where it lies."""

    id: str
    label: str
    time_zone: str


def rooms(region: str | None = None) -> CTE:
    """Each cell that takes new companies: its `id` and how `full` it is, from 0 to 1, spares not counted.

    A cell that does not answer takes nobody: what the watch has seen, and what this process knows. Worked out
    once in a statement, not for each row that is looked at.
    """
    held = select(func.coalesce(func.sum(Bucket.tenants_count), 0)).where(Bucket.cell_id == Cell.id)
    spare = select(func.count()).where(TenantRecord.cell_id == Cell.id, TenantRecord.state == SPARE)
    companies = held.scalar_subquery() - spare.scalar_subquery()
    wanted = [
        Cell.state == literal_column("'open'"),
        Cell.down_since.is_(None),
        Cell.id.not_in(engines().breakers.down()),
        companies < Cell.capacity,
    ]
    if region is not None:
        wanted.append(Cell.region == region)
    full = cast(companies, Float) / Cell.capacity
    found = select(Cell.id, full.label("full")).where(*wanted)
    return found.cte("rooms").prefix_with("MATERIALIZED", dialect="postgresql")


def emptiest(region: str | None = None) -> str:
    """The cell where the next company goes; raises NoRoom."""
    found = rooms(region)
    rows = _rows(select(found.c.id).order_by(found.c.full, found.c.id).limit(1))
    if not rows:
        raise NoRoom(f"no open cell has room (region: {region or 'any'})")
    return str(rows[0][0])


def open_cells() -> list[str]:
    """The cells that take new companies."""
    return [str(row[0]) for row in _rows(select(rooms().c.id))]


def homes() -> list[Home]:
    """The regions that take new companies, in the order in which they are offered."""
    there = select(Cell.region).where(Cell.id.in_(select(rooms().c.id)))
    statement = select(Region.id, Region.label, Region.time_zone).where(Region.id.in_(there))
    return [Home(*row) for row in _rows(statement.order_by(Region.position, Region.id))]


def label(region: str) -> str:
    """What companies read as their region's name; empty where there is only one."""
    found = {str(key): str(text) for key, text in _rows(select(Region.id, Region.label))}
    return found[region] if len(found) > 1 else ""


def _rows(statement: Select[*tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    with transactions(Mode(read_only=True)), engines().catalogue.begin() as connection:
        return [tuple(row) for row in connection.execute(statement)]
