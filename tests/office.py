"""Nordwind's office for a whole file of tests: each test's work is undone at its end."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask

import app.domain.catalogue  # noqa: F401 - registers the objects
from app.config import Settings
from app.core.actor import Actor
from tenants.context import entered
from tenants.session import session
from tests import ground
from tests.cast import ANN, BOB, NORDWIND, RALF, Workspace, settle


@pytest.fixture(scope="module")
def office(app: Flask, settings: Settings) -> Iterator[Workspace]:
    """Nordwind with its people; nothing in it outlives the file, which may furnish it: see `furnished`."""
    ground.clear(settings.database_url)
    yield settle(app, NORDWIND, ground.fresh_tenant("nordwind"))
    ground.clear(settings.database_url)


@contextmanager
def furnished(app: Flask, office: Workspace) -> Iterator[Actor]:
    """Ann at work: what she does within the block stays for all tests of the file."""
    with app.app_context(), entered(office.tenant):
        yield office.actor(ANN)
        session.commit()
        session.remove()


@pytest.fixture
def ann(app: Flask, office: Workspace) -> Iterator[Actor]:
    """Ann, the owner, at work inside Nordwind; what she does is undone."""
    with app.app_context(), entered(office.tenant):
        yield office.actor(ANN)
        session.remove()


@pytest.fixture
def bob(office: Workspace) -> Actor:
    """Bob, a member."""
    return office.actor(BOB)


@pytest.fixture
def ralf(office: Workspace) -> Actor:
    """Ralf, who may only read."""
    return office.actor(RALF)
