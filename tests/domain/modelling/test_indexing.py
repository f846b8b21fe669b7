"""The job that builds a company's indexes: however long that takes."""

from typing import Any

import pytest
from sqlalchemy import text

from app.core.actor import Actor
from app.domain.modelling import actions, rules
from app.domain.modelling.rules import FieldWish
from app.records import registry
from tenants import indexing, owner
from tenants.context import current
from tenants.session import session

IDLE = text("SHOW idle_in_transaction_session_timeout")
SIZES = tuple({"value": each, "labels": {"en": each.title()}} for each in ("small", "large"))


def test_building_outlasts_the_limit_of_idle_transactions(
    ann: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    settle, limits = indexing.settle, [session.scalar(IDLE)]

    def watched(*told: Any) -> None:
        limits.append(session.scalar(IDLE))
        settle(*told)

    monkeypatch.setattr(indexing, "settle", watched)
    actions.change_field(ann, "deals", "outcome_reason", {"is_sortable": True})
    actions.index("deals", "outcome_reason")
    assert limits == ["5min", "0"], "none while it is built"
    assert registry.get("deals").by_name["outcome_reason"].sortable


def test_records_are_found_by_own_choices(ann: Actor) -> None:
    name = _choice(ann, "contacts", "size")
    assert indexed("contacts", name) == 1
    actions.change_field(ann, "contacts", name, {"is_sortable": True})
    _build("contacts", name)
    assert indexed("contacts", name) == 1, "what sorts them finds them"


def test_first_few_choices_have_an_index(ann: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "MOST_FOUND", 1)
    first, second = _choice(ann, "companies", "size"), _choice(ann, "companies", "mood")
    assert (indexed("companies", first), indexed("companies", second)) == (1, 0)


def _choice(ann: Actor, object_name: str, name: str) -> str:
    wish = FieldWish("choice", {"en": name.title()}, name=name, choices=SIZES)
    called = actions.add_field(ann, object_name, wish)
    _build(object_name, called)
    return called


def _build(object_name: str, name: str) -> None:
    """As the job does: what was wished for stands, and nobody is at the table."""
    session.commit()
    actions.index(object_name, name)
    session.commit()


def indexed(table: str, name: str) -> int:
    """How many indexes of the company's are on that field of its own."""
    with owner.of_cell(current().cell, "kith tests") as cell:
        found = cell.execute(
            "SELECT indexdef FROM pg_indexes WHERE schemaname = %s AND tablename = %s",
            [current().schema, table],
        ).fetchall()
    return sum(f"'{name}'" in row[0] for row in found)
