"""Workspaces that nobody confirmed and nobody uses: their owners are told, then they go."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from app.core.clock import now
from app.domain.identities.models import Identity, OperatorFact
from app.domain.plans import usage
from tenants import catalogue
from tenants.models import TenantRecord
from tenants.session import session, unit_of_work
from tests.cast import Workspace
from tests.mailbox import control_mails
from workers.chores import remove_unconfirmed


@pytest.fixture
def unused(app: Flask, nordwind: Workspace) -> Workspace:
    """Nordwind signed up long ago, and nobody has confirmed an address or come back."""
    with app.app_context(), unit_of_work():
        session.execute(update(Identity).values(confirmed_at=None))
        session.execute(update(TenantRecord).values(claimed_at=now() - timedelta(days=12)))
    return nordwind


def told_days_ago(app: Flask, workspace: Workspace, days: int) -> None:
    with app.app_context(), unit_of_work():
        fact = {"verb": "workspace.unused_told", "tenant_id": workspace.tenant.id}
        session.add(OperatorFact(at=now() - timedelta(days=days), **fact))
        session.execute(update(TenantRecord).values(claimed_at=now() - timedelta(days=12 + days)))


def run(app: Flask) -> None:
    with app.app_context():
        remove_unconfirmed()
    catalogue.forget()


def state() -> str:
    found = catalogue.by_slug("nordwind")
    return found.state if found else "gone"


def test_owners_are_told_once_before(app: Flask, unused: Workspace) -> None:
    run(app)
    run(app)
    assert [mail.template for mail in control_mails()] == ["unused"]
    (mail,) = control_mails()
    assert "Nordwind GmbH" in mail.read(app).text
    assert state() == "active"


def test_it_goes_when_nothing_has_come_of_it(app: Flask, unused: Workspace) -> None:
    told_days_ago(app, unused, 4)
    run(app)
    assert state() == "deleting"


def test_told_too_late_waits(app: Flask, unused: Workspace) -> None:
    told_days_ago(app, unused, 2)
    run(app)
    assert state() == "active"


def test_used_stays(app: Flask, unused: Workspace) -> None:
    told_days_ago(app, unused, 4)
    usage.measure(unused.tenant.id, {"requests": 3})
    run(app)
    assert (state(), control_mails()) == ("active", [])


def test_one_confirmed_member_keeps_it(app: Flask, unused: Workspace) -> None:
    told_days_ago(app, unused, 4)
    with app.app_context(), unit_of_work():
        owner = next(iter(unused.identities.values()))
        session.execute(update(Identity).where(Identity.id == owner).values(confirmed_at=now()))
    run(app)
    assert (state(), control_mails()) == ("active", [])
