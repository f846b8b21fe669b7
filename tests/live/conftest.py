"""Two companies whose people and customers listen, and the process that tells them."""

from collections.abc import Callable, Iterator
from uuid import UUID

import pytest
from flask import Flask

from app.core import tickets
from app.core.actor import Actor
from app.core.permissions import CUSTOMER
from app.domain.identities.sessions import Where
from app.domain.members.models import Grant
from app.domain.portal import sessions as portal_sessions
from app.domain.portal.models import PortalAccount
from app.records import writing
from app.ui import cookies
from tenants.context import entered
from tenants.session import session, unit_of_work
from tests.cast import Workspace
from tests.live.process import LiveProcess, Stream, live_process
from tests.visitor import Visitor

Listen = Callable[..., Stream]


@pytest.fixture(scope="module")
def live(app: Flask, environ: dict[str, str]) -> Iterator[LiveProcess]:
    """A live process on the databases of this run."""
    with live_process(environ) as process:
        yield process


def write(app: Flask, workspace: Workspace, object_name: str, values: dict[str, object]) -> UUID:
    """A record that the owner adds."""
    with app.app_context(), entered(workspace.tenant), unit_of_work():
        return UUID(str(writing.create(workspace.actor(workspace.company.owner), object_name, values).id))


def change(app: Flask, workspace: Workspace, object_name: str, record_id: UUID, **values: object) -> None:
    """What the owner changes."""
    with app.app_context(), entered(workspace.tenant), unit_of_work():
        writing.update(workspace.actor(workspace.company.owner), object_name, record_id, values)


def cookie_of(visitor: Visitor) -> str:
    """A fresh ticket of a member's browser, as the header says it."""
    assert visitor.get("/live/ticket").status_code == 200
    name = cookies.name_of("live", visitor.app.extensions["kith"])
    return f"{name}={visitor.cookie('live')}"


def customer(app: Flask, workspace: Workspace, contact_id: UUID, sees: str = "own") -> tuple[Actor, str]:
    """A contact with a session in the portal, as actor and with the ticket's cookie."""
    with app.app_context(), entered(workspace.tenant), unit_of_work():
        account = PortalAccount(
            contact_id=contact_id, email=f"{contact_id}@x.example", state="active", sees=sees
        )
        session.add(account)
        session.flush()
        portal_sessions.begin(account, workspace.tenant, Where("203.0.113.7", "Mozilla/5.0"))
        grant = session.query(Grant).filter_by(account_id=account.id).one()
        company_id = session.connection().exec_driver_sql(
            "SELECT company_id FROM contacts WHERE id = %s", (contact_id,)
        )
        actor = Actor(
            kind="customer",
            id=contact_id,
            name="",
            door="portal",
            permissions=CUSTOMER,
            company_id=company_id.scalar_one(),
            sees_company=sees == "company",
        )
        settings = app.extensions["kith"]
        ticket = tickets.issue(workspace.tenant.id, grant.id, actor, 300)
        return actor, f"{cookies.name_of('live', settings)}={tickets.seal(ticket, settings)}"
