"""The scene of the tests of deliveries: an order of Meyer, deliveries for it, the clock."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import text

from app.core import clock
from app.domain.workspace import actions as workspace
from app.records import writing
from app.records.record import Record
from tenants.context import entered
from tenants.session import session, unit_of_work
from tests.cast import ANN, Workspace
from tests.work import work_off

# Thursday noon; the promise for that day breaks at midnight in Berlin.
THURSDAY = datetime(2026, 11, 19, 12, tzinfo=UTC)
MIDNIGHT = datetime(2026, 11, 19, 23, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


class Stage:
    """Nordwind at an instant that the test moves; each act is a unit of work of its own."""

    def __init__(self, app: Flask, workspace: Workspace) -> None:
        self.app = app
        self.workspace = workspace
        self.at = THURSDAY

    @contextmanager
    def act(self) -> Iterator[None]:
        with clock.frozen(self.at), self.app.app_context(), entered(self.workspace.tenant), unit_of_work():
            yield

    def create(self, object_name: str, **values: Any) -> Record:
        with self.act():
            return writing.create(self.workspace.actor(ANN), object_name, values)

    def update(self, object_name: str, record_id: UUID, **values: Any) -> Record:
        with self.act():
            return writing.update(self.workspace.actor(ANN), object_name, record_id, values)

    def trash(self, object_name: str, record_id: UUID) -> None:
        with self.act():
            writing.trash(self.workspace.actor(ANN), object_name, record_id)

    def wait_until(self, at: datetime) -> None:
        """Let the clock run to `at` and everything happen that is due by then."""
        self.at = at
        with clock.frozen(at):
            work_off(self.app)

    def rows(self, statement: str, **values: Any) -> list[dict[str, Any]]:
        with self.act():
            return [dict(row) for row in session.execute(text(statement), values).mappings()]

    def incidents(self) -> list[dict[str, Any]]:
        return self.rows("SELECT * FROM incidents ORDER BY id")

    def told(self) -> list[UUID]:
        return [row["member_id"] for row in self.rows("SELECT member_id FROM notices ORDER BY id")]

    def timers(self) -> list[dict[str, Any]]:
        return self.rows("SELECT key, due_at FROM kith.outbox WHERE key LIKE 'deliveries.promise_due:%'")

    def change_settings(self, **values: Any) -> None:
        with self.act():
            workspace.change(self.workspace.actor(ANN), values)
