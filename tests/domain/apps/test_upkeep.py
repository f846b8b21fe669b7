"""Tokens that have run out do not pile up; what was let in stays."""

from datetime import timedelta

from flask import Flask
from sqlalchemy import func, select

from app.core import clock
from app.domain.members.models import Grant
from app.domain.upkeep import actions as upkeep
from tenants.context import entered
from tenants.session import session, unit_of_work
from tests.api.oauth.flows import register
from tests.cast import Workspace


def test_tokens_go_two_days_after_their_end(app: Flask, nordwind: Workspace) -> None:
    server = register(app, nordwind, "server")
    for _ in range(3):
        server.by_itself()
    assert kept(app, nordwind, hours=48) == {"consent": 1, "access": 3}
    assert kept(app, nordwind, hours=50) == {"consent": 1}
    assert server.by_itself().status_code == 200


def kept(app: Flask, workspace: Workspace, hours: int) -> dict[str, int]:
    """How many grants of each kind the upkeep leaves after so many hours."""
    later = clock.now() + timedelta(hours=hours)
    with app.app_context(), entered(workspace.tenant), clock.frozen(later), unit_of_work():
        upkeep.clear()
        found = session.execute(select(Grant.kind, func.count()).group_by(Grant.kind)).all()
    return {row.kind: row[1] for row in found}
