"""A cell of its own with small schemas, and revisions that tests write."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import make_url

from tenants import engines, revisions
from tenants.bootstrap import FIRST_CELL
from tenants.driver import psycopg_url

REVISION = '''"""{revision}."""

from alembic import op

revision = {revision!r}
down_revision = {down!r}


def upgrade() -> None:
    op.execute("""{sql}""")


later = {later!r}
'''
FIRST = (
    "CREATE TABLE settings (key text);"
    "CREATE TABLE journal (entry text); GRANT SELECT, INSERT ON settings TO kith_tenant"
)
SECOND = "INSERT INTO journal VALUES ('second'); ALTER TABLE settings ADD COLUMN extra text"
TENANTS = 25


@dataclass
class Estate:
    """A cell of its own, with small schemas, and revisions that the test writes."""

    url: str
    folder: Path
    key: str
    admin_url: str

    def revise(self, revision: str, down: str | None, sql: str, later: tuple[str, ...] = ()) -> None:
        text = REVISION.format(revision=revision, down=down, sql=sql, later=later)
        (self.folder / "tenant" / "versions" / f"{revision}_test.py").write_text(text)
        revisions.forget()

    def journals(self) -> list[list[str]]:
        """What each schema's journal says, one list a schema."""
        with self.cell() as cell:
            rows = cell.execute("SELECT schema_name FROM kith.tenant_rev ORDER BY 1").fetchall()
            return [
                [entry for (entry,) in cell.execute(f"SELECT entry FROM {schema}.journal").fetchall()]
                for (schema,) in rows
            ]

    def admin(self) -> psycopg.Connection[Any]:
        """The cell's database as a superuser."""
        database = make_url(engines.engines().cell_url(FIRST_CELL)).database
        return psycopg.connect(self.admin_url, dbname=database, autocommit=True)

    def schemas(self) -> list[str]:
        """Every schema, in the order of their names."""
        with self.cell() as cell:
            rows = cell.execute("SELECT schema_name FROM kith.tenant_rev ORDER BY 1").fetchall()
        return [schema for (schema,) in rows]

    def revs(self) -> dict[str, int]:
        with self.cell() as cell:
            return dict(cell.execute("SELECT rev, count(*) FROM kith.tenant_rev GROUP BY rev").fetchall())

    def copies(self) -> dict[str, int]:
        """The revisions that the catalogue knows."""
        with psycopg.connect(psycopg_url(self.url)) as control:
            query = "SELECT schema_rev, count(*) FROM kith.tenants GROUP BY schema_rev"
            return dict(control.execute(query).fetchall())

    def errors(self) -> list[str]:
        with psycopg.connect(psycopg_url(self.url)) as control:
            return [row[0] for row in control.execute("SELECT error FROM kith.migration_errors").fetchall()]

    def cell(self) -> psycopg.Connection[Any]:
        return psycopg.connect(psycopg_url(engines.engines().cell_url(FIRST_CELL)), autocommit=True)
