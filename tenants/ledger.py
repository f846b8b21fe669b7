"""What the control database knows of migrations: runs, parked tenants, and a copy of each revision."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg

Connection = psycopg.Connection[Any]

_BEGIN = "INSERT INTO kith.migration_runs (cell_id, scope, revision) VALUES (%s, 'tenant', %s) RETURNING id"
_END = "UPDATE kith.migration_runs SET finished_at = now() WHERE id = %s"
_COPY = """
WITH done AS (
    UPDATE kith.tenants SET schema_rev = %(rev)s WHERE schema_name = ANY (%(schemas)s) RETURNING id
)
DELETE FROM kith.migration_errors e USING done WHERE e.tenant_id = done.id
"""
_PARK = """
INSERT INTO kith.migration_errors (tenant_id, revision, error)
SELECT id, %(rev)s, %(error)s FROM kith.tenants WHERE schema_name = %(schema)s
    ON CONFLICT (tenant_id, revision) DO UPDATE SET error = excluded.error, at = now()
"""
_FORGIVE = """
DELETE FROM kith.migration_errors e USING kith.tenants t
 WHERE e.tenant_id = t.id AND t.schema_name = %(schema)s AND e.revision = %(rev)s
"""
_STRAGGLERS = """
SELECT DISTINCT t.cell_id FROM kith.tenants t
  JOIN kith.migration_runs r ON r.cell_id = t.cell_id AND r.revision = %(head)s AND r.finished_at IS NOT NULL
  LEFT JOIN kith.migration_errors e ON e.tenant_id = t.id AND e.revision = %(head)s
 WHERE t.schema_rev = ANY (%(behind)s) AND t.state <> 'building' AND e.tenant_id IS NULL
 ORDER BY 1
"""
_PARKED = """
SELECT t.cell_id, t.slug, t.schema_name, e.revision, e.error, e.at
  FROM kith.migration_errors e JOIN kith.tenants t ON t.id = e.tenant_id
 ORDER BY t.cell_id, t.slug, t.schema_name
"""


@dataclass(frozen=True)
class Parked:
    """A tenant that a run could not migrate; a spare has no slug."""

    cell: str
    slug: str | None
    schema: str
    revision: str
    error: str
    at: datetime

    @property
    def reason(self) -> str:
        """The first line of the error."""
        return self.error.splitlines()[0]


@dataclass
class Ledger:
    """The book of one run over one cell."""

    control: Connection
    cell: str
    until: str
    _parked: set[str] = field(default_factory=set, init=False)

    def begin(self) -> UUID:
        """Write down that a run begins; its id."""
        row = self.control.execute(_BEGIN, [self.cell, self.until]).fetchone()
        assert row is not None
        return UUID(str(row[0]))

    def end(self, run_id: UUID) -> None:
        """Write down that it came to its end."""
        self.control.execute(_END, [run_id])

    def write(self, schemas: Sequence[str], rev: str | None = None) -> None:
        """Copy the revision of `schemas`, and forget errors of earlier runs."""
        if schemas:
            self.control.execute(_COPY, {"rev": rev or self.until, "schemas": list(schemas)})

    def park(self, failed: Mapping[str, str]) -> None:
        """Write down why each could not be migrated, each once."""
        for schema in failed.keys() - self._parked:
            self.control.execute(_PARK, {"rev": self.until, "error": failed[schema], "schema": schema})
            self._parked.add(schema)

    def forgive(self, schema: str) -> None:
        """Forget why it could not be migrated."""
        self.control.execute(_FORGIVE, {"rev": self.until, "schema": schema})

    def mend(self, cell: Connection) -> None:
        """The cell is right: a run killed between its commit and ours left the copy behind."""
        true = dict(cell.execute("SELECT schema_name, rev FROM kith.tenant_rev").fetchall())
        query = "SELECT schema_name, schema_rev FROM kith.tenants WHERE cell_id = %s"
        stale: dict[str, list[str]] = {}
        for schema, copy in self.control.execute(query, [self.cell]).fetchall():
            if schema in true and true[schema] != copy:
                stale.setdefault(true[schema], []).append(schema)
        for rev, schemas in stale.items():
            self.write(schemas, rev)


def straggling(control: Connection, head: str, behind: Sequence[str]) -> list[str]:
    """Cells that were brought to `head` and have tenants below it that nobody has tried since."""
    rows = control.execute(_STRAGGLERS, {"head": head, "behind": list(behind)}).fetchall()
    return [cell for (cell,) in rows]


def parked(control: Connection) -> list[Parked]:
    """Every tenant that waits for somebody to look at it."""
    return [Parked(*row) for row in control.execute(_PARKED).fetchall()]
