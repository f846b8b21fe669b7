"""Other systems know nothing of a merge: the ids of both records go on meaning the one that was kept."""

from uuid import UUID

import pytest

from app.core.actor import Actor
from app.domain.duplicates import actions
from app.domain.imports.finding import find
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
