"""A demo company that shows what Kith is for, and goes without taking anything else along."""

import time
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, text

from app.core import clock
from app.core.errors import Conflict, NotAllowed
from app.domain.apps.models import App
from app.domain.demo import actions, samples
from app.domain.identities.sessions import Where
from app.domain.portal import entering as portal
from app.domain.standing import relations
from app.domain.standing.nav import counts
from app.records import habits, writing
from tenants.context import entered
from tenants.session import session, unit_of_work
from tests.cast import ANN, BOB, RALF, Workspace
from tests.pace import slowness
from tests.work import work_off

TABLES = (
    "companies contacts products deals orders line_items deliveries incidents cases activities"
    " identifiers search threads messages portal_accounts"
).split()


def sizes() -> dict[str, int]:
    """How many rows each table has."""
    return {name: session.scalar(text(f"SELECT count(*) FROM {name}")) or 0 for name in TABLES}


@pytest.fixture
def filled(app: Flask, nordwind: Workspace) -> Workspace:
    """Nordwind, filled with samples."""
    with app.app_context(), entered(nordwind.tenant), unit_of_work():
        actions.start_filling(nordwind.actor(ANN))
    work_off(app)
    return nordwind


def test_the_demo_company_stands_within_seconds(app: Flask, ground_floor: None) -> None:
    before, begun = slowness(), time.thread_time()
    with app.app_context(), unit_of_work():
        demo = actions.create_demo()
    spent = time.thread_time() - begun
    assert spent < 10 * max(before, slowness())
    with app.app_context(), entered(demo.tenant), unit_of_work():
        found = sizes()
        roles = session.scalars(text("SELECT role FROM members ORDER BY role")).all()
    assert found["companies"] == 40
    assert 70 <= found["contacts"] <= 110
    assert 320 <= found["orders"] <= 480
    assert roles == ["admin", "member", "owner", "reader"]


def test_customers_and_a_developer_find_a_way_in(app: Flask, ground_floor: None) -> None:
    with app.app_context(), unit_of_work():
        demo = actions.create_demo()
    assert [one.company for one in demo.customers] == [
        "Hartmann Maschinenbau",
        "Brückner Anlagenbau",
        "Cordes & Söhne",
    ]
    with app.app_context(), entered(demo.tenant), unit_of_work():
        account = portal.sign_in(demo.customers[0].email, demo.password, Where())
        assert account.state == "active"
        assert session.scalars(text("SELECT awaits FROM threads")).all().count("us") == 2
    with app.app_context(), unit_of_work():
        assert session.scalar(select(App.name)) == "Order monitor"


def test_a_second_start_makes_no_second_company(app: Flask, ground_floor: None) -> None:
    with app.app_context(), unit_of_work():
        assert actions.create_demo().is_new
    with app.app_context(), unit_of_work():
        assert not actions.create_demo().is_new


@pytest.mark.parametrize("weekday", [0, 4, 6])
def test_there_is_trouble_on_every_weekday(app: Flask, nordwind: Workspace, weekday: int) -> None:
    at = datetime(2026, 11, 9, 10, tzinfo=UTC) + timedelta(days=weekday)
    with clock.frozen(at):
        with app.app_context(), entered(nordwind.tenant), unit_of_work():
            actions.start_filling(nordwind.actor(ANN))
        work_off(app)
        with app.app_context(), entered(nordwind.tenant), unit_of_work():
            found = relations.in_need()
            assert counts(None).late == 3
    names = [one.name for one in found]
    assert set(names[:2]) == {"Hartmann Maschinenbau", "Brückner Anlagenbau"}
    assert {"broken", "risk"} == {one.standing.state for one in found}


def test_the_samples_are_one_click_from_nothing(app: Flask, filled: Workspace) -> None:
    with app.app_context(), entered(filled.tenant), unit_of_work():
        assert samples.exist()
        job_id = actions.start_clearing(filled.actor(ANN)).id
    work_off(app)
    with app.app_context(), entered(filled.tenant), unit_of_work():
        assert set(sizes().values()) == {0}
        job = session.execute(text("SELECT * FROM jobs WHERE id = :id"), {"id": job_id}).one()
        assert (job.state, job.rows_done) == ("done", job.rows_total)
        timers = text("SELECT count(*) FROM kith.outbox WHERE key LIKE 'deliveries.%'")
        assert session.scalar(timers) == 0


def test_what_people_added_stays(app: Flask, filled: Workspace) -> None:
    bob = filled.actor(BOB)
    with app.app_context(), entered(filled.tenant), unit_of_work():
        company = session.scalar(text("SELECT id FROM companies LIMIT 1"))
        order = session.scalar(text("SELECT id FROM orders LIMIT 1"))
        today = habits.of(bob).today()
        own = [
            writing.create(bob, "companies", {"name": "Meyer Maschinenbau"}).id,
            writing.create(bob, "contacts", {"first_name": "Carol", "company_id": str(company)}).id,
            writing.create(bob, "deliveries", {"order_id": str(order), "promised_on": today}).id,
        ]
        actions.start_clearing(filled.actor(ANN))
    work_off(app)
    with app.app_context(), entered(filled.tenant), unit_of_work():
        left = set(session.scalars(text("SELECT record_id FROM search")))
        assert left == set(own)
        assert sum(sizes()[name] for name in ("companies", "contacts", "deliveries")) == 3


def test_samples_are_for_empty_workspaces(app: Flask, nordwind: Workspace) -> None:
    with app.app_context(), entered(nordwind.tenant), unit_of_work():
        writing.create(nordwind.actor(ANN), "companies", {"name": "Meyer"})
        with pytest.raises(Conflict):
            actions.start_filling(nordwind.actor(ANN))


@pytest.mark.parametrize("who", [BOB, RALF])
def test_only_managers_fill_and_clear(app: Flask, nordwind: Workspace, who: object) -> None:
    with app.app_context(), entered(nordwind.tenant), unit_of_work():
        for act in (actions.start_filling, actions.start_clearing):
            with pytest.raises(NotAllowed):
                act(nordwind.actor(who))  # type: ignore[arg-type]
