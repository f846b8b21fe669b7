"""Stored secrets follow a new data key, so that the old one can go."""

import pytest
from flask import Flask
from sqlalchemy import update

from app.config import Settings
from app.domain.messages.models import Mailbox
from app.domain.operators import keys
from tenants import engines as databases
from tenants.context import entered
from tenants.engines import engines
from tenants.session import session, unit_of_work
from tests.cast import ANN, Workspace

SERVER = {"host": "mail.example.com", "port": 993, "security": "tls"}


@pytest.fixture
def mailbox(app: Flask, nordwind: Workspace) -> Workspace:
    """Ann's mailbox with a password at rest."""
    with app.app_context(), entered(nordwind.tenant), unit_of_work():
        session.add(
            Mailbox(
                member_id=nordwind.members[ANN.email], address=ANN.email, username="ann", state="paused",
                secret_encrypted=engines().vault.seal("her password"), imap=SERVER, smtp=SERVER,
            )
        )  # fmt: skip
    return nordwind


def stored(app: Flask, workspace: Workspace) -> str:
    with app.app_context(), entered(workspace.tenant), unit_of_work(read_only=True):
        return session.query(Mailbox).one().secret_encrypted


def test_everything_stored_moves_to_the_new_key(app: Flask, mailbox: Workspace, settings: Settings) -> None:
    ring = engines().vault.keyring
    old = ring.newest()[0]
    ring.rotate()
    with app.app_context():
        assert old not in keys.droppable(seconds=0)
        result = keys.reseal()
        assert result.is_complete
        assert result.changed >= 3
        assert keys.reseal().changed == 0
        assert old in keys.droppable(seconds=0)
        assert old not in keys.droppable()
    ring.drop(old)
    databases.configure(settings.database_url, settings.secret_keys, databases.PoolSettings(4, 16))

    assert engines().vault.open(stored(app, mailbox)) == "her password"
    assert engines().cell_url(mailbox.tenant.cell).startswith("postgresql://")
    with app.app_context(), entered(mailbox.tenant), unit_of_work(read_only=True):
        assert session.query(Mailbox).count() == 1


def test_what_no_key_opens_is_told(app: Flask, mailbox: Workspace) -> None:
    with app.app_context(), entered(mailbox.tenant), unit_of_work():
        session.execute(update(Mailbox).values(secret_encrypted=f"{'0' * 32}.nonsense"))
    with app.app_context():
        result = keys.reseal()
    assert (result.closed, result.is_complete) == (1, False)


def test_key_in_use_is_never_droppable(app: Flask, mailbox: Workspace) -> None:
    engines().vault.keyring.rotate()
    with app.app_context():
        assert engines().vault.keyring.newest()[0] not in keys.droppable(seconds=0)
