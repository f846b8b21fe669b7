"""Two customers of one company, one of another, and one of another workspace."""

import pytest
from flask import Flask

from tests.cast import Workspace
from tests.portal import customers
from tests.portal.customers import Customer
from tests.visitor import Visitor


@pytest.fixture
def carol(app: Flask, nordwind: Workspace) -> Customer:
    return customers.settle(
        app, nordwind, "Carol Meyer", customers.company(app, nordwind, "Meyer Maschinenbau")
    )


@pytest.fixture
def cora(app: Flask, nordwind: Workspace, carol: Customer) -> Customer:
    """A colleague of Carol's."""
    return customers.settle(app, nordwind, "Cora Kranz", carol.company_id)


@pytest.fixture
def dan(app: Flask, nordwind: Workspace) -> Customer:
    """Of another company."""
    return customers.settle(app, nordwind, "Dan Otto", customers.company(app, nordwind, "Die Wandernde Kuh"))


@pytest.fixture
def eve(app: Flask, kestrel: Workspace) -> Customer:
    """Of another workspace."""
    return customers.settle(app, kestrel, "Eve Stone", customers.company(app, kestrel, "Stone Works"))


@pytest.fixture
def at_home(app: Flask, carol: Customer) -> Visitor:
    """Carol's browser, signed in."""
    return customers.visit(app, carol)
