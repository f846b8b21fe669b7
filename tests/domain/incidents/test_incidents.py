"""An incident knows whom it concerns, when it was opened and through which door."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from app.core import clock
from app.core.actor import Actor
from app.core.errors import Invalid
from app.domain.incidents import actions
from app.records import writing
from tenants.session import session

AT = datetime(2026, 11, 20, 12, tzinfo=UTC)


def test_it_inherits_customer_and_name_from_the_order(ann: Actor) -> None:
    meyer = writing.create(ann, "companies", {"name": "Meyer Maschinenbau"})
    order = writing.create(ann, "orders", {"number": "10231", "company_id": str(meyer.id), "currency": "EUR"})
    with clock.frozen(AT):
        made = writing.create(ann, "incidents", {"kind": "wrong_item", "order_id": str(order.id)})
    assert (made["company_id"], made["subject"], made["currency"]) == (meyer.id, "10231", "EUR")
    assert (made["opened_at"], made["opened_door"], made["severity"]) == (AT, "web", 2)


def test_it_is_resolved_with_a_remedy(ann: Actor) -> None:
    made = writing.create(ann, "incidents", {"kind": "quality"})
    solved = actions.resolve(ann, made.id, remedy="Replaced free of charge")
    assert solved["resolved_at"] is not None
    assert solved["remedy"] == "Replaced free of charge"
    verbs = session.scalars(text("SELECT verb FROM facts WHERE record_id = :id ORDER BY id"), {"id": made.id})
    assert sorted(verbs) == ["created", "resolved"]
    assert actions.reopen(ann, made.id)["resolved_at"] is None


def test_it_cannot_end_before_it_began(ann: Actor) -> None:
    made = writing.create(ann, "incidents", {"kind": "quality"})
    with pytest.raises(Invalid):
        writing.update(ann, "incidents", made.id, {"resolved_at": datetime(2020, 1, 1, tzinfo=UTC)})
