"""Nordwind with a few customers of the cast."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from app.core import clock
from app.records import writing
from app.records.record import Record
from tenants.context import entered
from tenants.session import unit_of_work
from tests.cast import ANN, Workspace
from tests.visitor import Visitor

Make = Callable[..., Record]
Edit = Callable[..., Any]
# When somebody bought what counts for the last 12 months.
LATELY = (clock.now() - timedelta(days=20)).isoformat()


@pytest.fixture
def make(app: Flask, nordwind: Workspace) -> Make:
    """make("companies", name="Meyer") -> a record that Ann added."""

    def made(object_name: str, **values: Any) -> Record:
        with app.app_context(), entered(nordwind.tenant), unit_of_work():
            return writing.create(nordwind.actor(ANN), object_name, values)

    return made


@pytest.fixture
def meyer(make: Make) -> Record:
    return make("companies", name="Meyer Maschinenbau", city="Köln", country="DE")


def edit(visitor: Visitor, record_id: UUID, path: str, value: str, version: int | None = None) -> Any:
    """One field, edited in its place as a page does it."""
    sent = {"value": value} | ({"base_version": str(version)} if version is not None else {})
    headers = {"X-CSRF-Token": visitor.token(), "Origin": visitor.host}
    object_name, field = path.split(".")
    return visitor._open("PATCH", f"/{object_name}/{record_id}/fields/{field}", data=sent, headers=headers)
