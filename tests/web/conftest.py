"""Browsers of the cast."""

from collections.abc import Callable

import pytest
from flask import Flask

from app.domain.operators import people
from app.domain.operators.actions import By
from tenants.session import unit_of_work
from tests.cast import ANN, BOB, KIM, RALF, RITA, Workspace
from tests.machines import lender
from tests.office import office
from tests.visitor import BASE, Visitor, signed_in

__all__ = ["lender", "office"]

MakeVisitor = Callable[..., Visitor]


@pytest.fixture
def visitor(app: Flask, ground_floor: None) -> Visitor:
    """Somebody whom Kith does not know."""
    return Visitor(app)


@pytest.fixture
def ann(app: Flask, nordwind: Workspace) -> Visitor:
    """Nordwind's owner, signed in."""
    return signed_in(app, nordwind, ANN)


@pytest.fixture
def rita(app: Flask, nordwind: Workspace) -> Visitor:
    """Nordwind's admin, signed in."""
    return signed_in(app, nordwind, RITA)


@pytest.fixture
def bob(app: Flask, nordwind: Workspace) -> Visitor:
    """A member of Nordwind, signed in."""
    return signed_in(app, nordwind, BOB)


@pytest.fixture
def ralf(app: Flask, nordwind: Workspace) -> Visitor:
    """A reader of Nordwind, signed in."""
    return signed_in(app, nordwind, RALF)


@pytest.fixture
def kim(app: Flask, nordwind: Workspace, kestrel: Workspace) -> Visitor:
    """Kim of Kestrel runs the installation too and stands on the base host; at Nordwind she is nobody."""
    with app.app_context(), unit_of_work():
        people.add(KIM.email, By())
    visitor = signed_in(app, kestrel, KIM)
    visitor.host = BASE
    return visitor
