"""Bringing many schemas to one revision: ten in a transaction, alone when ten fail, parked when one fails."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import psycopg

from tenants import names, revisions
from tenants.driver import run_string

BATCH = 10
LOCK_TIMEOUT = "2s"

_CLAIM = """
SELECT schema_name, rev FROM kith.tenant_rev
 WHERE rev = ANY (%(older)s) AND schema_name <> ALL (%(parked)s)
   AND (%(only)s::text IS NULL OR schema_name = %(only)s)
 ORDER BY schema_name LIMIT %(most)s FOR UPDATE SKIP LOCKED
"""

Told = Callable[[int, int, int], None]


@dataclass
class Run:
    """One run over a cell. The revision is written with the change, so a killed run is simply run again."""

    control_url: str
    cell_url: str
    cell: str
    until: str
    migrated: int = 0
    failed: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._older = revisions.older("tenant", self.until)
        self._total = 0

    def all(self, told: Told, workers: int) -> tuple[int, dict[str, str]]:
        """Migrate every schema below the revision; how many were, and the errors of those that were not."""
        self._total = self._count_behind()
        self._told = told
        run_id = self._begin_run()
        with ThreadPoolExecutor(max_workers=workers) as pool:
            for finished in [pool.submit(self._work) for _ in range(workers)]:
                finished.result()
        self._tell_catalogue()
        self._end_run(run_id)
        return self.migrated, self.failed

    def _work(self) -> None:
        with psycopg.connect(self.cell_url, autocommit=True) as connection:
            while schemas := self._next(connection):
                for schema in schemas:
                    self._alone(connection, schema)

    def _next(self, connection: psycopg.Connection[Any]) -> list[str]:
        """Migrate batches while that goes well; the schemas of the first that failed, none at the end."""
        while True:
            claimed: list[str] = []
            try:
                if not self._migrate(connection, claimed, BATCH):
                    return []
            except psycopg.Error:
                # Nothing was claimed, or nobody is there: no tenant's fault, and no end of the work.
                if not claimed or connection.closed:
                    raise
                return claimed
            self._count(claimed)

    def _alone(self, connection: psycopg.Connection[Any], schema: str) -> None:
        claimed: list[str] = []
        try:
            self._migrate(connection, claimed, 1, schema)
        except psycopg.Error as error:
            if connection.closed:
                raise
            self._park(schema, str(error).strip() or type(error).__name__)
        else:
            self._count(claimed)

    def _migrate(
        self, connection: psycopg.Connection[Any], claimed: list[str], most: int, only: str | None = None
    ) -> bool:
        wanted = {"older": self._older, "parked": list(self.failed), "only": only, "most": most}
        with connection.transaction():
            connection.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
            rows = connection.execute(_CLAIM, wanted).fetchall()
            claimed.extend(schema for schema, _ in rows)
            for schema, since in rows:
                run_string(connection, revisions.script(names.tenant_name(schema), since, self.until))
        return bool(rows)

    def _count(self, schemas: list[str]) -> None:
        if not schemas:
            return
        self._write_down(schemas)
        with self._lock:
            self.migrated += len(schemas)
            self._told(self.migrated, len(self.failed), self._total)

    def _park(self, schema: str, error: str) -> None:
        with psycopg.connect(self.control_url, autocommit=True) as control:
            control.execute(
                "INSERT INTO kith.migration_errors (tenant_id, revision, error)"
                " SELECT id, %s, %s FROM kith.tenants WHERE schema_name = %s"
                " ON CONFLICT (tenant_id, revision) DO UPDATE SET error = excluded.error, at = now()",
                [self.until, error, schema],
            )
        with self._lock:
            self.failed[schema] = error
            self._told(self.migrated, len(self.failed), self._total)

    def _write_down(self, schemas: list[str]) -> None:
        """Copy the revision to the catalogue, and forget errors of earlier runs."""
        with psycopg.connect(self.control_url, autocommit=True) as control, control.transaction():
            control.execute(
                "UPDATE kith.tenants SET schema_rev = %s WHERE schema_name = ANY (%s)", [self.until, schemas]
            )
            control.execute(
                "DELETE FROM kith.migration_errors e USING kith.tenants t"
                " WHERE e.tenant_id = t.id AND t.schema_name = ANY (%s)",
                [schemas],
            )

    def _tell_catalogue(self) -> None:
        """A run killed between a cell's commit and the catalogue's leaves the copy behind: mend it."""
        with psycopg.connect(self.cell_url) as cell:
            query = "SELECT schema_name FROM kith.tenant_rev WHERE rev = %s"
            at_head = {row[0] for row in cell.execute(query, [self.until])}
        with psycopg.connect(self.control_url) as control:
            query = (
                "SELECT schema_name FROM kith.tenants WHERE cell_id = %s AND schema_rev IS DISTINCT FROM %s"
            )
            behind = {row[0] for row in control.execute(query, [self.cell, self.until])}
        if stale := sorted(at_head & behind):
            self._write_down(stale)

    def _count_behind(self) -> int:
        with psycopg.connect(self.cell_url) as cell:
            query = "SELECT count(*) FROM kith.tenant_rev WHERE rev = ANY (%s)"
            row = cell.execute(query, [self._older]).fetchone()
        return row[0] if row else 0

    def _begin_run(self) -> Any:
        with psycopg.connect(self.control_url, autocommit=True) as control:
            row = control.execute(
                "INSERT INTO kith.migration_runs (cell_id, scope, revision) VALUES (%s, 'tenant', %s)"
                " RETURNING id",
                [self.cell, self.until],
            ).fetchone()
        return row[0] if row else None

    def _end_run(self, run_id: Any) -> None:
        with psycopg.connect(self.control_url, autocommit=True) as control:
            control.execute("UPDATE kith.migration_runs SET finished_at = now() WHERE id = %s", [run_id])
