"""What a backend holds after it has met every tenant of a bucket."""

from collections.abc import Iterator

from sqlalchemy import text

from app.bench.foundation import Figure
from app.bench.tenancy_ground import Ground
from stack import memory
from tenants import owner
from tenants.building import BUCKET_SIZE
from tenants.context import Tenant, entered
from tenants.engines import PoolSettings, engines

# What a member sees of a working day touches about so many tables; the largest number is all there are.
WORKING_SET = 12
# Beyond this a connection would be ended before it has met them all.
_ALL = PoolSettings(pool_size=1, max_overflow=0, tenants=BUCKET_SIZE * 10)


def figures(ground: Ground) -> Iterator[Figure]:
    """Megabytes of one backend, fresh, after one tenant and after a whole bucket, by tables touched."""
    tenants = _one_bucket(ground)
    tables = _tables(tenants[0])
    for count in (WORKING_SET, len(tables)):
        ground.pools(_ALL)
        pid = _touch(tenants[0], ())
        yield Figure("fresh backend", memory.own(pid), "MB")
        for met in (1, len(tenants)):
            for tenant in tenants[:met]:
                assert _touch(tenant, tables[:count]) == pid
            yield Figure(f"backend after {met} tenants, {count} tables each", memory.own(pid), "MB")
    ground.pools()


def _one_bucket(ground: Ground) -> list[Tenant]:
    """The tenants of the fullest bucket."""
    buckets: dict[str, list[Tenant]] = {}
    for tenant in ground.claimed(min(ground.tenants, BUCKET_SIZE)):
        buckets.setdefault(tenant.bucket, []).append(tenant)
    return max(buckets.values(), key=len)


def _tables(tenant: Tenant) -> list[str]:
    """The names of a tenant's tables, those with most indexes first."""
    query = (
        "SELECT c.relname FROM pg_class c LEFT JOIN pg_index i ON i.indrelid = c.oid"
        " WHERE c.relnamespace = %s::regnamespace AND c.relkind = 'r'"
        " GROUP BY c.relname ORDER BY count(i.indrelid) DESC, c.relname"
    )
    with owner.connect(engines().cell_url(tenant.cell)) as cell:
        return [str(name) for (name,) in cell.execute(query, [tenant.schema])]


def _touch(tenant: Tenant, tables: list[str] | tuple[()]) -> int:
    """Read one row of each table as the tenant; the backend that did."""
    with entered(tenant), engines().tenant(tenant).begin() as connection:
        for table in tables:
            connection.execute(text(f"SELECT * FROM {table} ORDER BY 1 LIMIT 1")).all()  # noqa: S608 - our own
        return int(connection.execute(text("SELECT pg_backend_pid()")).scalar_one())
