"""The job that builds a company's indexes: however long that takes."""

import time
from typing import Any

import pytest
from sqlalchemy import text

from app.core.actor import Actor
from app.domain.modelling import actions
from app.records import registry
from tenants import indexing
from tenants.session import session

LIMIT_MS, BUILDING = 200, 0.6


def test_building_outlasts_the_limit_of_idle_transactions(
    ann: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    settle = indexing.settle

    def slowly(*told: Any) -> None:
        time.sleep(BUILDING)
        settle(*told)

    monkeypatch.setattr(indexing, "settle", slowly)
    actions.change_field(ann, "deals", "outcome_reason", {"is_sortable": True})
    driver: Any = session.connection().connection.driver_connection
    driver.precede(f"SET LOCAL idle_in_transaction_session_timeout = {LIMIT_MS}".encode())
    assert session.scalar(text("SHOW idle_in_transaction_session_timeout")) == f"{LIMIT_MS}ms"
    actions.index("deals", "outcome_reason")
    assert registry.get("deals").by_name["outcome_reason"].sortable
