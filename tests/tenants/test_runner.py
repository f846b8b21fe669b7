"""Migrations of many schemas: whole or not at all, resumed after any death, one failure stops nobody else."""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable

import psycopg
import pytest
from click.testing import CliRunner

from app.commands import _guarantees
from app.commands.migrate import command
from app.config import ROOT
from stack.errors import StackError
from tenants import building, engines, later, provisioning, replay, runner
from tenants.bootstrap import FIRST_CELL
from tenants.driver import psycopg_url
from tests.tenants.estate import SECOND, TENANTS, Estate

RUN = (
    "import sys; from pathlib import Path; from tenants import engines, revisions, runner;"
    "revisions.FOLDER = Path(sys.argv[1]); engines.configure(sys.argv[2], [sys.argv[3]]); runner.migrate()"
)


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
    command = [sys.executable, "-c", RUN, str(estate.folder), estate.url, estate.key]
    with estate.cell() as reader, reader.transaction():
        # However long we take to look: it does not come to its end.
        reader.execute(f"LOCK TABLE {estate.schemas()[-1]}.settings IN ACCESS SHARE MODE")
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
    monkeypatch.setattr(replay, "LOCK_TIMEOUT_ALONE", "100ms")
    monkeypatch.setattr(replay, "PAUSES", (0.1, 0.1))
    estate.revise("0002", "0001", SECOND)
    with estate.cell() as reader, reader.transaction():
        rows = reader.execute("SELECT schema_name FROM kith.tenant_rev ORDER BY 1 LIMIT 1").fetchone()
        assert rows is not None
        reader.execute(f"LOCK TABLE {rows[0]}.settings IN ACCESS SHARE MODE")
        report = runner.migrate()

        assert list(report.failed) == [rows[0]]
        assert "lock timeout" in report.failed[rows[0]]
    assert runner.migrate().migrated == 1


def test_lock_that_is_given_back_is_waited_for(estate: Estate) -> None:
    estate.revise("0002", "0001", SECOND)
    held, over = threading.Event(), threading.Event()

    def hold() -> None:
        with estate.cell() as reader, reader.transaction():
            reader.execute(f"LOCK TABLE {estate.schemas()[3]}.settings IN ACCESS SHARE MODE")
            held.set()
            over.wait(60)

    holder = threading.Thread(target=hold)
    holder.start()
    assert held.wait(60)
    threading.Timer(0.6, over.set).start()
    report = runner.migrate()
    holder.join()

    assert (report.migrated, report.failed, estate.revs()) == (TENANTS, {}, {"0002": TENANTS})


def test_cell_that_is_down_stops_no_other(estate: Estate) -> None:
    estate.revise("0002", "0001", SECOND)
    away = "postgresql://kith_owner:x@127.0.0.1:1/away"
    with psycopg.connect(psycopg_url(estate.url), autocommit=True) as control:
        sealed = engines.engines().vault.seal(away)
        control.execute("INSERT INTO kith.cells (id, dsn_encrypted) VALUES ('cell-0', %s)", [sealed])
    report = runner.migrate()

    assert list(report.broken) == ["cell-0"]
    assert report.migrated == TENANTS
    plans = {plan.cell: plan for plan in runner.plan()}
    assert plans["cell-0"].error
    assert (plans[FIRST_CELL].error, plans[FIRST_CELL].behind) == ("", {})


def test_release_before_leaves_what_a_later_one_made(estate: Estate) -> None:
    """Going back to the release before runs its migrate: nothing to do, and nothing to fail for."""
    with estate.cell() as cell:
        cell.execute("UPDATE kith.alembic_version SET version_num = '9999'")
        cell.execute("UPDATE kith.tenant_rev SET rev = '9999'")
    report = runner.migrate()

    assert (report.migrated, report.failed, report.broken) == (0, {}, {})
    assert estate.copies() == {"9999": TENANTS}
    assert provisioning.claim("acme", "Acme").schema_rev == "9999"


LATER = (
    "CREATE INDEX CONCURRENTLY IF NOT EXISTS settings_extra ON settings (extra)",
    "UPDATE settings SET extra = key WHERE key IN (SELECT key FROM settings WHERE extra IS NULL LIMIT 2)",
)


def test_what_is_left_for_later_is_done_beside_the_work(estate: Estate) -> None:
    estate.revise("0002", "0001", SECOND, LATER)
    first, second = estate.schemas()[:2]
    with estate.cell() as cell:
        cell.execute(f"INSERT INTO {first}.settings SELECT 'key ' || n FROM generate_series(1, 5) AS n")
        runner.migrate()
        assert runner.plan()[0].later == {"0002": TENANTS}
        # What a killed build leaves.
        cell.execute(f"CREATE INDEX settings_extra ON {second}.settings (extra)")
        broken = "UPDATE pg_index SET indisvalid = false WHERE indexrelid = %s::regclass"
        with estate.admin() as admin:
            admin.execute(broken, [f"{second}.settings_extra"])
        done = runner.later()
        filled = cell.execute(f"SELECT count(*) FROM {first}.settings WHERE extra = key").fetchone()
        valid = cell.execute(
            "SELECT count(*) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid"
            " WHERE c.relname = 'settings_extra' AND i.indisvalid"
        ).fetchone()

    assert (done.migrated, done.failed, filled, valid) == (TENANTS, {}, (5,), (TENANTS,))
    assert (runner.plan()[0].later, runner.later().migrated) == ({}, 0)


def test_new_schema_has_at_once_what_others_get_later(estate: Estate) -> None:
    estate.revise("0002", "0001", SECOND, LATER)
    schema = building.build(FIRST_CELL)
    with estate.cell() as cell:
        found = cell.execute("SELECT to_regclass(%s)", [f"{schema}.settings_extra"]).fetchone()
        assert later.pending(cell, "0002") == []
    assert found is not None
    assert found[0] is not None


def test_what_an_old_release_builds_is_migrated_after_it(estate: Estate) -> None:
    estate.revise("0002", "0001", SECOND)
    assert runner.catch_up().cells == ()
    runner.migrate()
    with estate.cell() as cell, psycopg.connect(psycopg_url(estate.url), autocommit=True) as control:
        late = estate.schemas()[0]
        cell.execute(f"ALTER TABLE {late}.settings DROP COLUMN extra; DELETE FROM {late}.journal")
        cell.execute("UPDATE kith.tenant_rev SET rev = '0001' WHERE schema_name = %s", [late])
        control.execute("UPDATE kith.tenants SET schema_rev = '0001' WHERE schema_name = %s", [late])

    assert runner.catch_up().migrated == 1
    assert estate.revs() == estate.copies() == {"0002": TENANTS}
    assert runner.catch_up().cells == ()


def test_run_that_cannot_go_on_says_so(estate: Estate, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cell that goes away in the middle is no success with nothing left to do."""
    estate.revise("0002", "0001", SECOND)
    with monkeypatch.context() as patch:
        patch.setattr(replay, "_CLAIM", "SELECT nothing_there, %s::text[], %s::text[] FOR UPDATE")
        report = runner.migrate()
        assert (report.migrated, report.failed) == (0, {})
        assert "nothing_there" in report.broken[FIRST_CELL]
    assert runner.migrate().migrated == TENANTS


def test_command_plans_migrates_and_lists_what_failed(
    estate: Estate, environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with estate.cell() as cell:
        cell.execute(f"ALTER TABLE {estate.schemas()[2]}.settings ADD COLUMN extra text")
    estate.revise("0002", "0001", SECOND)
    for name, value in (environ | {"KITH_DATABASE_URL": estate.url}).items():
        monkeypatch.setenv(name, value)
    # Small schemas have no tables to attack.
    monkeypatch.setattr(_guarantees, "of_cells", lambda cells: {})

    planned, done, failed = (CliRunner().invoke(command, [how]) for how in ("--plan", "--json", "--failed"))

    assert f"{FIRST_CELL}: {TENANTS} tenants and spares, {TENANTS} from 0001 to 0002" in planned.stdout
    assert json.loads(done.stdout)["migrated"] == TENANTS - 1
    assert isinstance(done.exception, StackError)
    assert "./kith migrate --failed lists them" in str(done.exception)
    assert 'column "extra" of relation "settings" already exists' in failed.stdout
    assert "run ./kith migrate again" in failed.stdout


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
    deadline = time.monotonic() + 120
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)
