"""Closing a workspace: by its owner, with days in which it can be opened again."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from app.core.clock import now
from app.core.errors import Conflict, Invalid, NotFound
from app.core.outbox import CONTROL
from app.domain.identities.models import Identity
from app.domain.identities.sessions import Where
from app.domain.lifecycle import closing
from app.domain.plans import policy
from tenants import catalogue, provisioning, removal
from tenants.models import TenantRecord
from tenants.session import session, unit_of_work
from tests.cast import ANN, BOB, KIM, PASSWORD, Person, Workspace

HERE = Where("192.0.2.7", "a browser")
NAME = "Nordwind GmbH"


def test_closed_workspace_lets_nobody_in_and_is_kept(app: Flask, nordwind: Workspace) -> None:
    until = _close(app, nordwind)
    tenant = catalogue.by_slug("nordwind")
    assert tenant is not None
    assert tenant.state == "deleting"
    assert not policy.may_enter(tenant)
    assert policy.of(tenant).jobs == "wait"
    assert timedelta(days=29) < until - now() < timedelta(days=31)
    assert tenant.id not in [ending.id for ending in removal.due(10_000)]


def test_owner_opens_it_again_as_it_was(app: Flask, nordwind: Workspace) -> None:
    provisioning.set_state(nordwind.tenant, "read_only", "unpaid:7")
    _close(app, nordwind)
    with app.app_context(), unit_of_work():
        closing.keep(_identity(nordwind, ANN), "nordwind", HERE)
    tenant = catalogue.by_slug("nordwind")
    assert tenant is not None
    assert tenant.state == "read_only"
    assert _mails(app) == ["mail/closing", "mail/closing_undone"]
    assert _reminders(app) == []


def test_owners_are_reminded_a_week_and_a_day_before(app: Flask, nordwind: Workspace) -> None:
    until = _close(app, nordwind)
    due = [(until - at).days for at in _reminders(app)]
    assert sorted(due) == [1, 7]
    with app.app_context(), unit_of_work():
        closing.remind(nordwind.tenant.id)
    assert _mails(app) == ["mail/closing", "mail/closing_soon"]


@pytest.mark.parametrize(("typed", "password"), [("Nordwind", PASSWORD), (NAME, "another password here")])
def test_name_and_password_are_asked_again(
    app: Flask, nordwind: Workspace, typed: str, password: str
) -> None:
    with app.app_context(), pytest.raises(Invalid), unit_of_work():
        closing.close(_identity(nordwind, ANN), "nordwind", typed, password, HERE)
    assert _state(app, nordwind.tenant.id) == "active"


def test_only_owners_close_and_open(app: Flask, nordwind: Workspace, kestrel: Workspace) -> None:
    for company, person in ((nordwind, BOB), (kestrel, KIM)):
        with app.app_context(), pytest.raises(NotFound), unit_of_work():
            closing.close(_identity(company, person), "nordwind", NAME, PASSWORD, HERE)
    _close(app, nordwind)
    with app.app_context(), pytest.raises(NotFound), unit_of_work():
        closing.keep(_identity(nordwind, BOB), "nordwind", HERE)


def test_when_its_day_has_come_it_is_too_late(app: Flask, nordwind: Workspace) -> None:
    _close(app, nordwind)
    with app.app_context(), unit_of_work():
        closing.hasten(nordwind.tenant)
    with app.app_context(), pytest.raises(Conflict), unit_of_work():
        closing.keep(_identity(nordwind, ANN), "nordwind", HERE)
    assert nordwind.tenant.id in [ending.id for ending in removal.due(10_000)]


def test_a_workspace_on_the_move_is_not_closed(app: Flask, nordwind: Workspace) -> None:
    provisioning.set_state(nordwind.tenant, "moving")
    with pytest.raises(Conflict):
        _close(app, nordwind)


def _close(app: Flask, company: Workspace) -> datetime:
    with app.app_context(), unit_of_work():
        return closing.close(_identity(company, ANN), "nordwind", NAME, PASSWORD, HERE)


def _identity(company: Workspace, person: Person) -> Identity:
    return session.get_one(Identity, company.identities[person.email])


def _state(app: Flask, tenant_id: UUID) -> str | None:
    with app.app_context(), unit_of_work(read_only=True):
        return session.scalar(select(TenantRecord.state).where(TenantRecord.id == tenant_id))


def _mails(app: Flask) -> list[str]:
    query = "SELECT payload ->> 'template' FROM OUTBOX WHERE name = 'mail.send' ORDER BY id"
    return [row[0] for row in _rows(app, query)]


def _reminders(app: Flask) -> list[datetime]:
    query = "SELECT due_at FROM OUTBOX WHERE name = 'closing.remind'"
    return [row[0] for row in _rows(app, query)]


def _rows(app: Flask, query: str) -> list[tuple[Any, ...]]:
    with app.app_context(), unit_of_work(read_only=True):
        return [tuple(row) for row in CONTROL.run(query, {}).all()]
