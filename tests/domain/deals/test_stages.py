"""A deal follows its stage, and its stage follows its outcome."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

import app.domain.catalogue  # noqa: F401 - registers the objects
from app.core import clock
from app.core.actor import Actor
from app.domain.deals.models import Stage
from app.records import writing
from tenants.context import entered
from tenants.session import session
from tests.cast import ANN, Workspace

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture
def ann(app: Flask, nordwind: Workspace) -> Iterator[Actor]:
    with app.app_context(), entered(nordwind.tenant), clock.frozen(NOW):
        yield nordwind.actor(ANN)
        session.remove()


def stage(name: str) -> UUID:
    return session.scalars(select(Stage.id).where(Stage.name == name)).one()


def facts_of(deal: Any) -> tuple[Any, ...]:
    name = session.scalar(select(Stage.name).where(Stage.id == deal["stage_id"]))
    return (name, deal["outcome"], deal["probability"], deal["closed_at"])


def test_new_deal_begins_at_the_first_stage(ann: Actor) -> None:
    deal = writing.create(ann, "deals", {"name": "Bikes"})

    assert facts_of(deal) == ("Qualified", "open", 20, None)


def test_stage_brings_outcome_probability_and_end(ann: Actor) -> None:
    deal = writing.create(ann, "deals", {"name": "Bikes"})
    won = writing.update(ann, "deals", deal.id, {"stage_id": stage("Won")})
    reopened = writing.update(ann, "deals", deal.id, {"stage_id": stage("Negotiation")})

    assert facts_of(won) == ("Won", "won", 100, NOW)
    assert facts_of(reopened) == ("Negotiation", "open", 75, None)


def test_outcome_moves_the_deal_to_its_stage(ann: Actor) -> None:
    deal = writing.create(ann, "deals", {"name": "Bikes", "stage_id": stage("Proposal")})
    lost = writing.update(ann, "deals", deal.id, {"outcome": "lost", "outcome_reason": "Price"})

    assert facts_of(lost) == ("Lost", "lost", 0, NOW)


def test_given_probability_stays(ann: Actor) -> None:
    deal = writing.create(ann, "deals", {"name": "Bikes", "stage_id": stage("Proposal"), "probability": 60})

    assert deal["probability"] == 60


def test_imported_history_closed_when_it_was_expected_to(ann: Actor) -> None:
    given = {"name": "Bikes", "outcome": "won", "close_on": "2025-03-01"}
    deal = writing.create(ann, "deals", given, quiet=True)

    assert facts_of(deal) == ("Won", "won", 100, datetime(2025, 3, 1, tzinfo=UTC))
