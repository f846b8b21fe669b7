"""Apps of Nordwind and browsers of its people."""

import pytest
from flask import Flask

from tests.api.oauth.flows import Registered, register
from tests.cast import ANN, BOB, RALF, Workspace
from tests.visitor import BASE, Visitor, signed_in


@pytest.fixture
def web(app: Flask, nordwind: Workspace) -> Registered:
    """A web app with a secret."""
    return register(app, nordwind, "web")


@pytest.fixture
def native(app: Flask, nordwind: Workspace) -> Registered:
    """An app on a phone: no secret."""
    return register(app, nordwind, "native")


@pytest.fixture
def server(app: Flask, nordwind: Workspace) -> Registered:
    """A program that acts by itself."""
    return register(app, nordwind, "server")


def _on_base_host(app: Flask, nordwind: Workspace, person: object) -> Visitor:
    visitor = signed_in(app, nordwind, person)  # type: ignore[arg-type]
    visitor.host = BASE
    return visitor


@pytest.fixture
def ann(app: Flask, nordwind: Workspace) -> Visitor:
    """The owner, on the base host."""
    return _on_base_host(app, nordwind, ANN)


@pytest.fixture
def bob(app: Flask, nordwind: Workspace) -> Visitor:
    """A member, on the base host."""
    return _on_base_host(app, nordwind, BOB)


@pytest.fixture
def ralf(app: Flask, nordwind: Workspace) -> Visitor:
    """A reader, on the base host."""
    return _on_base_host(app, nordwind, RALF)
