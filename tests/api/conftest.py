"""Programs of the cast's companies."""

import pytest
from flask import Flask

from tests.api.programs import Program, program
from tests.cast import Workspace
from tests.machines import lender
from tests.office import office

__all__ = ["lender", "office"]


@pytest.fixture
def script(app: Flask, nordwind: Workspace) -> Program:
    """An app of Nordwind that acts by itself and may do everything an app may."""
    return program(app, nordwind)


@pytest.fixture
def kestrels(app: Flask, kestrel: Workspace) -> Program:
    """The same of Kestrel."""
    return program(app, kestrel)
