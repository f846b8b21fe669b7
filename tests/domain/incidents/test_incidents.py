"""An incident knows whom it concerns, when it was opened and through which door."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from app.core import clock
from app.core.actor import Actor
from app.core.errors import Conflict, Invalid
from app.domain.incidents import actions
from app.records import writing
from app.records.writing import Row
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


def test_a_delivery_has_one_open_delay(ann: Actor) -> None:
    """A second one is refused by name, and hinders no other row of a file."""
    delivery = str(writing.create(ann, "deliveries", {"number": "1"}).id)
    late = Row({"kind": "late", "delivery_id": delivery})
    other = Row({"kind": "damage", "delivery_id": delivery})
    outcomes = writing.write_many(ann, "incidents", [late, late, other], quiet=True)
    assert [outcome.state for outcome in outcomes] == ["created", "failed", "created"]
    with pytest.raises(Invalid) as caught:
        writing.create(ann, "incidents", dict(late.values))
    assert [problem.path for problem in caught.value.problems] == ["delivery_id"]
    assert outcomes[0].record_id is not None
    actions.resolve(ann, outcomes[0].record_id)
    writing.create(ann, "incidents", dict(late.values))
    with pytest.raises(Invalid):
        actions.reopen(ann, outcomes[0].record_id)


def test_a_delay_in_the_trash_makes_room_for_the_next(ann: Actor) -> None:
    delivery = str(writing.create(ann, "deliveries", {"number": "1"}).id)
    late = {"kind": "late", "delivery_id": delivery}
    first = writing.create(ann, "incidents", late)
    writing.trash(ann, "incidents", first.id)
    writing.create(ann, "incidents", late)
    with pytest.raises(Conflict):
        writing.restore(ann, "incidents", first.id)
