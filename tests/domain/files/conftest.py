"""Files need the file store, the objects, and people."""

import pytest
from flask import Flask

from app.core.actor import Actor
from app.core.permissions import CUSTOMER
from app.records import writing
from tenants.context import Tenant
from tenants.session import unit_of_work
from tests.cast import ANN, BOB, CAROL, RALF, Workspace
from tests.conftest import S3


@pytest.fixture
def ann(nordwind: Workspace, inside: Tenant, app: Flask, s3: S3) -> Actor:
    """Ann at work, with the file store running."""
    return nordwind.actor(ANN)


@pytest.fixture
def bob(nordwind: Workspace, ann: Actor) -> Actor:
    return nordwind.actor(BOB)


@pytest.fixture
def ralf(nordwind: Workspace, ann: Actor) -> Actor:
    """Ralf, who only reads."""
    return nordwind.actor(RALF)


@pytest.fixture
def carol(ann: Actor) -> Actor:
    """Carol Meyer, a customer in the portal."""
    with unit_of_work():
        made = writing.create(ann, "contacts", {"first_name": CAROL.first_name, "last_name": CAROL.last_name})
    return Actor(kind="customer", id=made.id, name="Carol Meyer", door="portal", permissions=CUSTOMER)
