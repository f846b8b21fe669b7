"""Deleting and bringing back."""

from typing import Any

import pytest

from app.core.actor import Actor
from app.core.errors import Invalid, NotFound
from app.records import finding, identifiers, reading, writing
from app.records.reading import Query
from tenants.copying.links import opened
from tenants.engines import engines
from tests.cast import Workspace


@pytest.fixture
def carol(ann: Actor) -> Any:
    return writing.create(ann, "contacts", {"last_name": "Meyer", "email": "carol@x.example"})


def test_trashed_record_is_nowhere(ann: Actor, carol: Any) -> None:
    writing.trash(ann, "contacts", carol.id)

    assert reading.page(ann, "contacts").rows == []
    assert finding.find(ann, "meyer") == []
    assert identifiers.match("contacts", "email", ["carol@x.example"]) == {}
    for call in (
        lambda: reading.fetch(ann, "contacts", carol.id),
        lambda: writing.update(ann, "contacts", carol.id, {"city": "Köln"}),
        lambda: writing.trash(ann, "contacts", carol.id),
    ):
        with pytest.raises(NotFound):
            call()


def test_trash_can_be_looked_through(ann: Actor, carol: Any) -> None:
    writing.trash(ann, "contacts", carol.id)

    assert [row.id for row in reading.page(ann, "contacts", Query(trashed=True)).rows] == [carol.id]
    assert reading.fetch(ann, "contacts", carol.id, trashed=True).deleted_at is not None


@pytest.mark.parametrize(
    ("typed", "found"), [("meyer", True), ("MEY", True), ("carol@x", True), ("otto", False)]
)
def test_trash_is_searched_by_what_is_seen_of_it(ann: Actor, carol: Any, typed: str, found: bool) -> None:
    writing.trash(ann, "contacts", carol.id)

    rows = reading.page(ann, "contacts", Query(trashed=True, search=typed)).rows
    assert [row.id for row in rows] == [carol.id] * found


def test_restored_record_is_whole_again(ann: Actor, carol: Any) -> None:
    writing.trash(ann, "contacts", carol.id)
    restored = writing.restore(ann, "contacts", carol.id)

    assert (restored.version, restored["email"]) == (3, "carol@x.example")
    assert [hit.record_id for hit in finding.find(ann, "meyer")] == [carol.id]
    assert identifiers.match("contacts", "email", ["carol@x.example"]) == {"carol@x.example": carol.id}


def test_restoring_says_who_holds_the_address_now(ann: Actor, carol: Any) -> None:
    writing.trash(ann, "contacts", carol.id)
    other = writing.create(ann, "contacts", {"last_name": "Otto", "email": "carol@x.example"})
    with pytest.raises(Invalid) as caught:
        writing.restore(ann, "contacts", carol.id)

    problem = caught.value.problems[0]
    assert (problem.path, problem.code) == ("email", "taken")
    assert (problem.data["record_id"], problem.data["title"]) == (str(other.id), "Otto")


def test_restoring_minds_unique_numbers(ann: Actor) -> None:
    bike = writing.create(ann, "products", {"name": "Bike", "sku": "B-1"})
    writing.trash(ann, "products", bike.id)
    writing.create(ann, "products", {"name": "Other", "sku": "B-1"})

    with pytest.raises(Invalid):
        writing.restore(ann, "products", bike.id)


def test_only_what_lies_in_the_trash_is_restored(ann: Actor, carol: Any) -> None:
    with pytest.raises(NotFound):
        writing.restore(ann, "contacts", carol.id)


MANY = ("contacts", "companies", "deals", "activities", "orders", "deliveries", "records")


@pytest.mark.parametrize("name", MANY)
def test_trash_is_found_by_an_index_of_its_own(office: Workspace, name: str) -> None:
    asked = f"EXPLAIN SELECT id FROM {name} WHERE deleted_at IS NOT NULL ORDER BY version LIMIT 50"
    with opened(engines().cell_url(office.tenant.cell), office.tenant.schema) as owner:
        # What is read whole in a small company is not in a large one.
        owner.execute("SET enable_seqscan = off")
        plan = "\n".join(row[0] for row in owner.execute(asked).fetchall())
    assert f"{name}_trash" in plan, plan
