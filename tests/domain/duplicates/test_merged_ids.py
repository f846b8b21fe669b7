"""Other systems know nothing of a merge: the ids of both records go on meaning the one that was kept."""

from uuid import UUID

import pytest

from app.core.actor import Actor
from app.domain.duplicates import actions
from app.domain.imports.finding import find
from app.domain.imports.rules.plan import Column, Plan
from app.domain.imports.rules.records import Row
from app.domain.imports.storing import Storer
from app.records import habits, reading, upserting, writing
from app.records.upserting import upsert


@pytest.fixture
def merged(ann: Actor) -> tuple[UUID, UUID]:
    """A company that two of a system's were merged into, and the one that went."""
    keep = writing.create(ann, "companies", {"name": "Meyer", "external_ids": {"sap": "1"}}).id
    drop = writing.create(ann, "companies", {"name": "Meier", "external_ids": {"sap": "2", "shop": "9"}}).id
    actions.merge(ann, "companies", keep, drop)
    return keep, drop


def test_upsert_by_the_id_of_the_dropped_one_changes_the_kept(ann: Actor, merged: tuple[UUID, UUID]) -> None:
    found, is_new = upsert(ann, "companies", upserting.EXTERNAL, "sap:2", {"city": "Bonn"})
    assert (found.id, is_new) == (merged[0], False)
    kept = reading.fetch(ann, "companies", merged[0])
    assert (kept["city"], kept["external_ids"]) == ("Bonn", {"sap": "1", "shop": "9"})


def test_merge_is_taken_back_after_the_other_system_wrote(ann: Actor, merged: tuple[UUID, UUID]) -> None:
    upsert(ann, "companies", upserting.EXTERNAL, "sap:2", {"city": "Bonn"})
    actions.unmerge(ann, "companies", merged[1])
    found, is_new = upsert(ann, "companies", upserting.EXTERNAL, "sap:2", {"city": "Ulm"})
    assert (found.id, is_new) == (merged[1], False)
    assert found["external_ids"] == {"sap": "2", "shop": "9"}


def test_chain_of_merges_is_followed(ann: Actor, merged: tuple[UUID, UUID]) -> None:
    last = writing.create(ann, "companies", {"name": "Mayer", "external_ids": {"sap": "3"}}).id
    actions.merge(ann, "companies", last, merged[0])
    assert upsert(ann, "companies", upserting.EXTERNAL, "sap:2", {"city": "Bonn"})[0].id == last
    told = find("companies", "external", ["1", "2", "3"], "sap", habits.of(ann))
    assert told == {"1": (last,), "2": (last,), "3": (last,)}


def test_kept_one_in_the_trash_means_a_new_record(ann: Actor, merged: tuple[UUID, UUID]) -> None:
    writing.trash(ann, "companies", merged[0])
    assert find("companies", "external", ["2"], "sap", habits.of(ann)) == {}
    found, is_new = upsert(ann, "companies", upserting.EXTERNAL, "sap:2", {"name": "Anew"})
    assert is_new
    assert found.id not in merged


def test_id_of_the_other_system_stays_its_own(ann: Actor, merged: tuple[UUID, UUID]) -> None:
    """The same id in another system is somebody else."""
    found, is_new = upsert(ann, "companies", upserting.EXTERNAL, "erp:2", {"name": "Other"})
    assert is_new
    assert found.id not in merged


@pytest.fixture
def numbered(ann: Actor) -> tuple[UUID, UUID]:
    """A company with the number K1 that K2 was merged into, and the one that went."""
    keep, drop = (writing.create(ann, "companies", {"name": "Meyer", "number": n}).id for n in ("K1", "K2"))
    actions.merge(ann, "companies", keep, drop)
    return keep, drop


@pytest.mark.parametrize("number", ["K2", "k2"])
def test_unique_number_of_the_dropped_one_means_the_kept(
    ann: Actor, numbered: tuple[UUID, UUID], number: str
) -> None:
    for _ in range(2):
        found, is_new = upsert(ann, "companies", "number", number, {"number": "K2", "city": "Bonn"})
        assert (found.id, is_new) == (numbered[0], False)
    kept = reading.fetch(ann, "companies", numbered[0])
    assert (kept["city"], kept["number"]) == ("Bonn", "K1")


def test_unique_number_that_was_chosen_away_means_the_kept(ann: Actor) -> None:
    keep, drop = (writing.create(ann, "companies", {"name": "Meyer", "number": n}).id for n in ("K1", "K2"))
    actions.merge(ann, "companies", keep, drop, {"number": "drop"})
    for number in ("K1", "K2"):
        found, is_new = upsert(ann, "companies", "number", number, {"city": "Bonn"})
        assert (found.id, is_new, found["number"]) == (keep, False, "K2")


def test_unique_number_leads_until_the_merge_is_taken_back(ann: Actor, numbered: tuple[UUID, UUID]) -> None:
    actions.unmerge(ann, "companies", numbered[1])
    found, is_new = upsert(ann, "companies", "number", "K2", {"city": "Ulm"})
    assert (found.id, is_new, found["number"]) == (numbered[1], False, "K2")


def test_unique_number_belongs_to_the_live_record_that_has_it(
    ann: Actor, numbered: tuple[UUID, UUID]
) -> None:
    other = writing.create(ann, "companies", {"name": "Other", "number": "K2"}).id
    found, is_new = upsert(ann, "companies", "number", "K2", {"city": "Ulm"})
    assert (found.id, is_new, other in numbered) == (other, False, False)
    assert find("companies", "number", ["K2"], "", habits.of(ann)) == {"K2": (other,)}


def test_unique_number_of_a_chain_means_its_end(ann: Actor, numbered: tuple[UUID, UUID]) -> None:
    last = writing.create(ann, "companies", {"name": "Mayer", "number": "K3"}).id
    actions.merge(ann, "companies", last, numbered[0])
    told = find("companies", "number", ["K1", "K2", "K3", "K4"], "", habits.of(ann))
    assert told == {"K1": (last,), "K2": (last,), "K3": (last,)}


def test_kept_one_in_the_trash_frees_the_unique_number(ann: Actor, numbered: tuple[UUID, UUID]) -> None:
    writing.trash(ann, "companies", numbered[0])
    found, is_new = upsert(ann, "companies", "number", "K2", {"name": "Anew"})
    assert is_new
    assert (found.id in numbered, found["number"]) == (False, "K2")


def test_address_that_the_kept_one_gave_up_means_it_still(ann: Actor) -> None:
    keep = writing.create(ann, "contacts", {"last_name": "Meyer", "email": "a@meyer.example"}).id
    drop = writing.create(ann, "contacts", {"last_name": "Meier", "email": "b@meyer.example"}).id
    actions.merge(ann, "contacts", keep, drop)
    writing.update(ann, "contacts", keep, {"emails": ["a@meyer.example"]})
    found, is_new = upsert(ann, "contacts", "email", "b@meyer.example", {"city": "Bonn"})
    assert (found.id, is_new, found["email"], found["city"]) == (keep, False, "a@meyer.example", "Bonn")


def test_file_with_the_number_of_the_dropped_one_changes_the_kept(
    ann: Actor, numbered: tuple[UUID, UUID]
) -> None:
    plan = Plan("companies", (Column("number", "number"), Column("city", "city")))
    storer = Storer(ann, plan, None, "Figures", lambda _: 0)
    for _ in range(2):
        storer.store([Row(1, 2, ["K2", "Bonn"], 0, 1)])
    kept = reading.fetch(ann, "companies", numbered[0])
    assert (kept["city"], kept["number"]) == ("Bonn", "K1")
