"""What revisions leave for later: indexes and values of large tables, made beside the tenant's own work."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import psycopg

from tenants import ledger, names, owner, revisions
from tenants.driver import run_string

# A build that was killed leaves an index that nobody uses and everybody keeps up. Asked for all schemas at
# once: for one of thousands the server would read the whole catalogue as well.
_BROKEN = """
SELECT n.nspname, c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
  JOIN pg_namespace n ON n.oid = c.relnamespace WHERE NOT i.indisvalid
"""
_PENDING = """
SELECT schema_name FROM kith.tenant_rev WHERE rev <> ALL (%s) AND NOT later @> ARRAY[%s] ORDER BY schema_name
"""
_DONE = "UPDATE kith.tenant_rev SET later = array_append(later, %s) WHERE schema_name = %s"
LOCK_TIMEOUT = "5s"

Connection = psycopg.Connection[Any]


@dataclass
class Run:
    """One run over a cell, schema by schema; what is done is written down, so a killed run goes on there."""

    control_url: str
    cell_url: str
    cell: str
    told: Callable[["Run"], None]
    done: int = 0
    total: int = 0
    failed: dict[str, str] = field(default_factory=dict)

    def all(self) -> None:
        """Do what is left in every schema; `failed` holds the errors of those where it could not be done."""
        with owner.connect(self.cell_url, "kith later") as cell, owner.connect(self.control_url) as control:
            left = [(revision, pending(cell, revision)) for revision in revisions.later()]
            self.total = sum(len(schemas) for _, schemas in left)
            broken = _broken(cell) if self.total else {}
            for revision, schemas in left:
                book = ledger.Ledger(control, self.cell, revision)
                for schema in schemas:
                    self._one(cell, book, schema, broken.pop(schema, []))
                    self.told(self)

    def _one(self, cell: Connection, book: ledger.Ledger, schema: str, broken: Sequence[str]) -> None:
        try:
            _do(cell, schema, broken, revisions.later()[book.until])
        except psycopg.Error as error:
            if cell.closed:
                raise
            self.failed[schema] = str(error).strip() or type(error).__name__
            book.park({schema: self.failed[schema]})
        else:
            cell.execute(_DONE, [book.until, schema])
            book.forgive(schema)
            self.done += 1


def pending(cell: Connection, revision: str) -> list[str]:
    """Schemas that are at `revision` or above and in which its later part is not done."""
    rows = cell.execute(_PENDING, [revisions.older("tenant", revision), revision]).fetchall()
    return [schema for (schema,) in rows]


def _broken(cell: Connection) -> dict[str, list[str]]:
    """By schema the indexes that were never built to their end."""
    found: dict[str, list[str]] = {}
    for schema, index in cell.execute(_BROKEN).fetchall():
        found.setdefault(schema, []).append(index)
    return found


def _do(cell: Connection, schema: str, broken: Sequence[str], statements: Sequence[str]) -> None:
    name = names.tenant_name(schema)
    run_string(cell, f"SET search_path = {name}, ext; SET lock_timeout = '{LOCK_TIMEOUT}'")
    for index in broken:
        run_string(cell, f'DROP INDEX CONCURRENTLY {name}."{index}"')
    for statement in statements:
        text = statement.replace(revisions.ROLE_TOKEN, name).encode()
        # What changes rows does so in pieces, until there is none left to change.
        while cell.execute(text).rowcount > 0:
            pass
