"""What the server spends on planning and on running statements, as it counts itself."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg
from sqlalchemy import make_url

from tenants.context import Tenant
from tenants.engines import engines

# What a server of the bench starts with, so that it counts.
COUNTING = {
    "shared_preload_libraries": "pg_stat_statements",
    "pg_stat_statements.track_planning": "on",
    "pg_stat_statements.max": "20000",
}
_SUMS = """
SELECT coalesce(sum(total_plan_time), 0), coalesce(sum(total_exec_time), 0) FROM pg_stat_statements
 WHERE dbid = (SELECT oid FROM pg_database WHERE datname = %s)
"""


@dataclass
class Server:
    """Milliseconds that statements took in the company's database since it was asked last."""

    connection: psycopg.Connection[Any]
    database: str
    _told: tuple[float, float] = field(default=(0.0, 0.0))

    def spent(self) -> tuple[float, float]:
        """On planning, and on running."""
        row = self.connection.execute(_SUMS, [self.database]).fetchone()
        assert row is not None
        before, self._told = self._told, (float(row[0]), float(row[1]))
        return self._told[0] - before[0], self._told[1] - before[1]


@contextmanager
def counted(admin_url: str, tenant: Tenant) -> Iterator[Server]:
    """The server of the tenant's cell, which counts within the block."""
    database = make_url(engines().cell_url(tenant.cell)).database or ""
    # Asked from another database, so that asking is not counted.
    with psycopg.connect(admin_url, autocommit=True) as admin:
        admin.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
        yield Server(admin, database)
