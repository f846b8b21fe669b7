"""Migrations of many schemas: whole or not at all, resumed after any death, one failure stops nobody else."""

import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from app.config import ROOT, Settings
from tenants import building, engines, replay, revisions, runner
from tenants.bootstrap import FIRST_CELL
from tenants.driver import psycopg_url
from tests import ground
from tests.conftest import Servers
from tests.ground import POOLS

REVISION = '''"""{revision}."""

from alembic import op

revision = {revision!r}
down_revision = {down!r}


def upgrade() -> None:
    op.execute("""{sql}""")
'''
RUN = (
    "import sys; from pathlib import Path; from tenants import engines, revisions, runner;"
    "revisions.FOLDER = Path(sys.argv[1]); engines.configure(sys.argv[2], [sys.argv[3]]); runner.migrate()"
)
FIRST = (
    "CREATE TABLE settings (key text);"
    "CREATE TABLE journal (entry text); GRANT SELECT, INSERT ON settings TO kith_tenant"
)
SECOND = "INSERT INTO journal VALUES ('second'); ALTER TABLE settings ADD COLUMN extra text"
TENANTS = 45


@dataclass
class Estate:
    """A cell of its own, with small schemas, and revisions that the test writes."""

    url: str
    folder: Path

    def revise(self, revision: str, down: str | None, sql: str) -> None:
        text = REVISION.format(revision=revision, down=down, sql=sql)
        (self.folder / "tenant" / "versions" / f"{revision}_test.py").write_text(text)
        revisions.directory.cache_clear()
        revisions.compiled.cache_clear()

    def journals(self) -> list[list[str]]:
        """What each schema's journal says, one list a schema."""
        with self.cell() as cell:
            rows = cell.execute("SELECT schema_name FROM kith.tenant_rev ORDER BY 1").fetchall()
            return [
                [entry for (entry,) in cell.execute(f"SELECT entry FROM {schema}.journal").fetchall()]
                for (schema,) in rows
            ]

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


@pytest.fixture
def afterwards(databases: None, settings: Settings) -> Iterator[None]:
    """The process goes back to the databases of all tests."""
    yield
    engines.configure(settings.database_url, settings.secret_keys, POOLS)
    revisions.directory.cache_clear()
    revisions.compiled.cache_clear()


@pytest.fixture
def estate(
    servers: Servers, afterwards: None, worker: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Estate]:
    url = ground.control_url(servers.admin_url, f"kith_estate_{worker}")
    folder = tmp_path / "migrations"
    shutil.copytree(revisions.FOLDER, folder)
    for path in (folder / "tenant" / "versions").glob("*.py"):
        path.unlink()
    monkeypatch.setattr(revisions, "FOLDER", folder)
    made = Estate(url, folder)
    made.revise("0001", None, FIRST)
    ground.prepare(servers.admin_url, url)
    building.fill(FIRST_CELL, TENANTS)
    yield made
    engines.engines().dispose()
    ground.drop(servers.admin_url, url)


def test_all_schemas_reach_the_head(estate: Estate) -> None:
    estate.revise("0002", "0001", SECOND)
    told: list[runner.Progress] = []

    assert [plan.behind for plan in runner.plan()] == [{"0001": TENANTS}]
    report = runner.migrate(told.append)

    assert (report.migrated, report.failed) == (TENANTS, {})
    assert estate.revs() == estate.copies() == {"0002": TENANTS}
    assert estate.journals() == [["second"]] * TENANTS
    assert told[-1] == runner.Progress(FIRST_CELL, TENANTS, 0, TENANTS)
    assert runner.migrate().migrated == 0


def test_killed_run_is_resumed(estate: Estate) -> None:
    estate.revise("0002", "0001", SECOND + "; SELECT pg_sleep(0.03)")
    command = [sys.executable, "-c", RUN, str(estate.folder), estate.url, ground.SECRET_KEYS[0]]
    process = subprocess.Popen(command, cwd=ROOT)
    _wait_until(lambda: estate.revs().get("0002", 0) > 0)
    process.kill()
    process.wait()
    half = estate.revs()["0002"]
    # What the server had received when its client died it finishes; its locks go then.
    _wait_until(_migrates)

    assert half < TENANTS
    assert estate.revs() == estate.copies() == {"0002": TENANTS}
    assert estate.journals() == [["second"]] * TENANTS


def test_one_failure_stops_nobody_else(estate: Estate) -> None:
    with estate.cell() as cell:
        rows = cell.execute("SELECT schema_name FROM kith.tenant_rev ORDER BY 1 OFFSET 7 LIMIT 1").fetchone()
        assert rows is not None
        cell.execute(f"ALTER TABLE {rows[0]}.settings ADD COLUMN extra text")
        estate.revise("0002", "0001", SECOND)
        report = runner.migrate()

        assert list(report.failed) == [rows[0]]
        assert estate.revs() == {"0001": 1, "0002": TENANTS - 1}
        assert "already exists" in estate.errors()[0]

        cell.execute(f"ALTER TABLE {rows[0]}.settings DROP COLUMN extra")
    assert runner.migrate().migrated == 1
    assert (estate.revs(), estate.errors()) == ({"0002": TENANTS}, [])
    assert estate.journals() == [["second"]] * TENANTS


def test_busy_tenant_is_parked_not_waited_for(estate: Estate, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replay, "LOCK_TIMEOUT", "100ms")
    estate.revise("0002", "0001", SECOND)
    with estate.cell() as reader, reader.transaction():
        rows = reader.execute("SELECT schema_name FROM kith.tenant_rev ORDER BY 1 LIMIT 1").fetchone()
        assert rows is not None
        reader.execute(f"LOCK TABLE {rows[0]}.settings IN ACCESS SHARE MODE")
        report = runner.migrate()

        assert list(report.failed) == [rows[0]]
        assert "lock timeout" in report.failed[rows[0]]
    assert runner.migrate().migrated == 1


def test_run_that_cannot_go_on_says_so(estate: Estate, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cell that goes away in the middle is no success with nothing left to do."""
    estate.revise("0002", "0001", SECOND)
    with monkeypatch.context() as patch:
        patch.setattr(replay, "_CLAIM", "SELECT nothing_there, %s::text[], %s::text[] FOR UPDATE")
        report = runner.migrate()
        assert (report.migrated, report.failed) == (0, {})
        assert "nothing_there" in report.broken[FIRST_CELL]
    assert runner.migrate().migrated == TENANTS


def test_second_runner_is_refused(estate: Estate) -> None:
    with estate.cell() as first:
        first.execute("SELECT pg_advisory_lock(%s)", [runner._CELL_LOCK])
        with pytest.raises(runner.Busy):
            runner.migrate()


def _migrates() -> bool:
    try:
        runner.migrate()
    except runner.Busy:
        return False
    return True


def _wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)
