"""What the clock does for nobody in particular."""

import psycopg
import pytest
from flask import Flask

from app.core.ids import new_id
from app.domain.jobs import actions, queries
from app.domain.jobs.slices import BROKE_OFF
from tenants import catalogue, provisioning
from tenants.context import entered
from tenants.session import unit_of_work
from tests import work
from tests.cast import BOB, Workspace
from workers import chores


@pytest.fixture
def cell(ground_floor: None) -> str:
    for url, table in work.places():
        with psycopg.connect(url, autocommit=True) as owner:
            owner.execute(f"DELETE FROM {table}".encode())
    return work.places()[0][0]


def test_upkeep_is_wound_once_for_each_workspace(app: Flask, nordwind: Workspace, cell: str) -> None:
    for _ in range(2):
        chores.wind_upkeep()
    with psycopg.connect(cell) as owner:
        rows = owner.execute("SELECT tenant, name, key FROM kith.outbox").fetchall()
    assert rows == [(nordwind.tenant.schema, "upkeep.daily", "upkeep.daily")]


def test_upkeep_winds_itself_for_tomorrow(app: Flask, nordwind: Workspace, cell: str) -> None:
    chores.wind_upkeep()
    with psycopg.connect(cell, autocommit=True) as owner:
        owner.execute("UPDATE kith.outbox SET due_at = now()")
        assert work.work_off(app) == 1
        query = "SELECT state, due_at > now() + interval '23 hours' FROM kith.outbox"
        assert owner.execute(query).fetchall() == [("staged", True)]


def test_job_that_kills_its_workers_is_ended(app: Flask, nordwind: Workspace, cell: str) -> None:
    with app.app_context(), entered(nordwind.tenant), unit_of_work():
        job_id = actions.start(nordwind.actor(BOB), "test.person", "Some rows", {"rows": 1}).id
    with psycopg.connect(cell, autocommit=True) as owner:
        owner.execute("UPDATE kith.outbox SET state = 'dead', key = NULL, losses = 21")
    with app.app_context(), entered(None):
        chores.end_lost_jobs()
    with app.app_context(), entered(nordwind.tenant), unit_of_work(read_only=True):
        job = queries.one(nordwind.actor(BOB), job_id)
        assert (job.state, job.error) == ("failed", BROKE_OFF)


def test_unfinished_sign_up_gives_its_address_back(app: Flask, cell: str) -> None:
    provisioning.claim("halbfertig", "Halbfertig", signup_id=new_id())
    url = work.places()[-1][0]
    with psycopg.connect(url, autocommit=True) as owner:
        owner.execute("UPDATE kith.tenants SET claimed_at = now() - interval '1 day' WHERE state = 'claimed'")
    chores.sweep_claims()
    catalogue.forget()
    assert catalogue.by_slug("halbfertig") is None


def test_control_database_is_purged_of_what_ran_out(app: Flask, cell: str) -> None:
    url = work.places()[-1][0]
    with psycopg.connect(url, autocommit=True) as owner:
        owner.execute(
            "INSERT INTO kith.throttles (key, window_started_at) VALUES ('old', now() - interval '3 days'),"
            " ('new', now())"
        )
        chores.purge_control()
        assert owner.execute("SELECT key FROM kith.throttles").fetchall() == [("new",)]
