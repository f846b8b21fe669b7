"""Browsers of the cast."""

from collections.abc import Callable

import pytest
from flask import Flask

from tests.cast import ANN, BOB, RALF, RITA, Workspace
from tests.visitor import Visitor, signed_in

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
