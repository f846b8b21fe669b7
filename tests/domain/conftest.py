"""What the tests of the domain stand on: all objects are known, Ann acts."""

import pytest

import app.domain.catalogue  # noqa: F401 - registers the objects
from app.core.actor import Actor
from tenants.context import Tenant
from tests.cast import ANN, Workspace


@pytest.fixture
def ann(nordwind: Workspace, inside: Tenant) -> Actor:
    """Ann Berg at work inside Nordwind; what the test does not commit is undone."""
    return nordwind.actor(ANN)
