"""A thousand pages that are open and quiet."""

import resource
from contextlib import ExitStack
from datetime import timedelta

import psutil
from flask import Flask

from app.core import tickets
from app.core.clock import now
from app.core.tokens import hashed, new_secret
from app.domain.members.models import Grant
from app.live.hub import MOST_OF_SESSION
from app.ui import cookies
from tenants.context import entered
from tenants.session import session, unit_of_work
from tests.cast import BOB, Workspace
from tests.live.conftest import change, write
from tests.live.process import LiveProcess, Stream

STREAMS = 1_000
# What they take beside the first one.
MEGABYTES = 60


def test_thousand_idle_streams_are_light(app: Flask, live: LiveProcess, nordwind: Workspace) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 4 * STREAMS)), hard))
    contact = write(app, nordwind, "contacts", {"last_name": "Meyer"})
    with ExitStack() as opened:
        tickets_ = sessions(app, nordwind, -(-STREAMS // MOST_OF_SESSION))
        streams = [opened.enter_context(Stream(live, tickets_[0]))]
        assert streams[0].changes() == []
        alone = megabytes(live)
        places = [cookie for cookie in tickets_ for _ in range(MOST_OF_SESSION)][1:STREAMS]
        streams += [opened.enter_context(Stream(live, cookie)) for cookie in places]
        assert len(streams) == STREAMS
        assert all(stream.changes() == [] for stream in streams[1:])
        held = megabytes(live)
        print(f"{len(streams)} idle streams: {held:.0f} MB, one: {alone:.0f} MB")
        change(app, nordwind, "contacts", contact, last_name="Told to all")
        assert all(stream.changes()[0]["id"] == str(contact) for stream in streams)
    assert held - alone < MEGABYTES


def megabytes(live: LiveProcess) -> float:
    """What the process holds that has the streams."""
    return float(max(each.memory_info().rss for each in psutil.Process(live.pid).children())) / 1_000_000


def sessions(app: Flask, workspace: Workspace, number: int) -> list[str]:
    """Tickets of so many sessions of Bob, as cookies."""
    actor, settings = workspace.actor(BOB), app.extensions["kith"]
    with app.app_context(), entered(workspace.tenant), unit_of_work():
        grants = [
            Grant(
                kind="session",
                secret_hash=hashed(new_secret()),
                member_id=actor.id,
                expires_at=now() + timedelta(hours=1),
            )
            for _ in range(number)
        ]
        session.add_all(grants)
        session.flush()
        made = [tickets.issue(workspace.tenant.id, grant.id, actor, 300) for grant in grants]
    return [f"{cookies.name_of('live', settings)}={tickets.seal(each, settings)}" for each in made]
