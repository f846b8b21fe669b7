"""Spares stand ready before they are wanted, and a rush of sign-ups does without them."""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any

import psycopg
import pytest
from sqlalchemy import make_url

from app.config import ROOT, Settings
from app.programs import full_environment
from tenants import provisioning, revisions, spares
from tenants.bootstrap import FIRST_CELL
from tenants.driver import psycopg_url
from tenants.engines import engines
from tenants.spares import Need
from tests.conftest import MakeTenant, Servers


def rush(environ: dict[str, str], processes: int, each: int) -> list[dict[str, Any]]:
    """What became of `processes` x `each` companies that signed up at the same moment."""
    with ExitStack() as stack:
        started = [
            stack.enter_context(
                subprocess.Popen(
                    [sys.executable, "-m", "tests.tenants.rushing", f"rush-{number}", str(each)],
                    env=full_environment() | environ,
                    cwd=ROOT,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    text=True,
                )
            )
            for number in range(processes)
        ]
        for process in started:
            stack.callback(process.kill)
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
        for process in started:
            assert process.stdin is not None
            process.stdin.write("go\n")
            process.stdin.flush()
        return [outcome for process in started for outcome in json.loads(process.stdout.readline())]  # type: ignore[union-attr]


def test_rush_of_sign_ups_over_processes_neither_fails_nor_collides(
    environ: dict[str, str], ground_floor: None, settings: Settings
) -> None:
    provisioning.ensure_spares(4)
    outcomes = rush(environ, processes=2, each=8)

    assert [outcome["error"] for outcome in outcomes if "error" in outcome] == []
    assert len({outcome["schema"] for outcome in outcomes}) == 16
    with psycopg.connect(psycopg_url(settings.database_url)) as control:
        rows = control.execute("SELECT state, count(*) FROM kith.tenants WHERE slug LIKE 'rush-%' GROUP BY 1")
        assert dict(rows.fetchall()) in ({"active": 16}, {"trial": 16})


@pytest.mark.parametrize(
    ("there", "busiest", "is_busy", "next_"),
    [
        (0, 0, False, 3),
        (19, 0, False, 20),
        (20, 0, False, 20),
        (20, 50, False, 23),
        (100, 50, False, 100),
        (50, 50, True, 50),
        (49, 50, True, 52),
    ],
)
def test_spares_follow_the_busiest_hour(there: int, busiest: int, is_busy: bool, next_: int) -> None:
    assert Need("cell-1", there, busiest, 1000, is_busy).next == next_


def test_full_cell_gets_no_spares() -> None:
    assert Need("cell-1", 5, 0, 1, False).next == 6
    assert Need("cell-1", 5, 0, 0, False).next == 5


def test_busiest_hour_of_the_last_day_counts(make_tenant: MakeTenant, settings: Settings) -> None:
    for number, age in enumerate(("1 minute", "3 hours 5 minutes", "3 hours 10 minutes", "25 hours")):
        make_tenant(f"company-of-{number}")
        with psycopg.connect(psycopg_url(settings.database_url), autocommit=True) as owner:
            owner.execute(
                "UPDATE kith.tenants SET claimed_at = now() - %s::interval WHERE slug = %s",
                [age, f"company-of-{number}"],
            )
            owner.execute("UPDATE kith.tenants SET claimed_at = NULL WHERE slug IS NULL")
    (need,) = spares.needs()
    assert (need.cell, need.busiest, need.is_busy) == (FIRST_CELL, 2, False)


def test_a_few_are_built_at_a_time(
    ground_floor: None, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with psycopg.connect(psycopg_url(settings.database_url), autocommit=True) as owner:
        owner.execute("UPDATE kith.tenants SET claimed_at = now() - interval '2 days'")
    there = provisioning_count()
    monkeypatch.setattr(spares, "FEWEST", there + 4)
    assert [spares.keep(), spares.keep(), spares.keep()] == [3, 1, 0]


def provisioning_count() -> int:
    (need,) = spares.needs()
    return need.there


def test_spare_below_the_head_is_no_spare(ground_floor: None, settings: Settings) -> None:
    provisioning.ensure_spares(1)
    with psycopg.connect(psycopg_url(settings.database_url), autocommit=True) as owner:
        owner.execute("UPDATE kith.tenants SET schema_rev = '0001' WHERE state = 'spare'")
        try:
            assert provisioning_count() == 0
            assert provisioning.claim("acme", "Acme").schema_rev == revisions.head("tenant")
        finally:
            owner.execute(
                "UPDATE kith.tenants SET schema_rev = %s WHERE state = 'spare'", [revisions.head("tenant")]
            )


def test_spare_of_a_later_release_is_good(ground_floor: None, settings: Settings) -> None:
    """Databases are migrated first: until its own end the release before signs companies up."""
    provisioning.ensure_spares(1)
    with psycopg.connect(psycopg_url(settings.database_url), autocommit=True) as owner:
        owner.execute("UPDATE kith.tenants SET schema_rev = '9999' WHERE state = 'spare'")
        try:
            assert provisioning.claim("acme", "Acme").schema_rev == "9999"
        finally:
            owner.execute(
                "UPDATE kith.tenants SET schema_rev = %s WHERE schema_rev = '9999'",
                [revisions.head("tenant")],
            )


def test_claim_changes_no_structure_and_no_right(ground_floor: None, servers: Servers) -> None:
    """Everything was granted when the spare was built: a grant makes every backend read its roles anew."""
    provisioning.ensure_spares(1)
    database = make_url(engines().cell_url(FIRST_CELL)).database
    with psycopg.connect(servers.admin_url, dbname=database, autocommit=True) as admin:
        (before,) = admin.execute("SELECT pg_current_xact_id()::text::bigint").fetchone() or (0,)
        tenant = provisioning.activate(provisioning.claim("acme", "Acme"))
        newest = admin.execute(
            "SELECT max(changed::text::bigint) FROM ("
            " SELECT xmin AS changed FROM pg_auth_members WHERE roleid = %(schema)s::text::regrole"
            " UNION ALL SELECT xmin FROM pg_authid WHERE rolname = %(schema)s::text"
            " UNION ALL SELECT xmin FROM pg_namespace WHERE nspname = %(schema)s::text"
            " UNION ALL SELECT xmin FROM pg_class"
            "           WHERE relnamespace = %(schema)s::text::regnamespace) AS rows",
            {"schema": tenant.schema},
        ).fetchone()
    assert newest is not None
    assert 0 < newest[0] < before


def test_revisions_are_compiled_by_many_at_once(ground_floor: None) -> None:
    """A fresh process with no spare in sight: every thread builds its own."""
    whole = revisions.compiled(None, revisions.head("tenant"))
    for _ in range(3):
        revisions.forget()
        with ThreadPoolExecutor(12) as pool:
            made = list(pool.map(lambda _: revisions.compiled(None, revisions.head("tenant")), range(12)))
        assert set(made) == {whole}
