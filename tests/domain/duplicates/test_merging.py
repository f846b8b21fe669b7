"""Merging two records, and taking it back."""

import random
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from app.core.actor import Actor
from app.core.errors import Conflict, Invalid, NotAllowed, NotFound
from app.core.ids import new_id
from app.domain.duplicates import actions
from app.records import identifiers, reading, writing
from app.records.joining import absorbed, moving
from app.records.registry import get
from app.records.timeline import timeline
from tenants.session import session
from tests.domain.duplicates.conftest import Two, belongings, carol_twice
from tests.domain.duplicates.everything import differing, rows


def _value(table: str, row_id: UUID, column: str = "contact_id") -> Any:
    key = "address" if table == "mail_stops" else "id"
    wanted = f"SELECT {column} FROM {table} WHERE {key}::text = :id"
    return session.scalar(text(wanted), {"id": str(row_id)})


def test_kept_record_is_filled_and_keeps_its_own(ann: Actor, two: Two) -> None:
    assert actions.merge(ann, "contacts", two.keep, two.drop)

    kept = reading.fetch(ann, "contacts", two.keep)
    assert (kept["last_name"], kept["title"], kept["company_id"]) == ("Meyer", "Buyer", two.company)
    assert (kept["email"], kept["phone"]) == ("carol@meyer.example", "+492214711")
    assert [each["value"] for each in kept["emails"]] == ["carol@meyer.example", "c.meier@meyer.example"]
    assert kept["external_ids"] == {"sap": "1", "shop": "77"}


def test_choices_are_taken_field_by_field(ann: Actor, two: Two) -> None:
    actions.merge(
        ann, "contacts", two.keep, two.drop, {"last_name": "drop", "email": "drop", "phone": "keep"}
    )

    kept = reading.fetch(ann, "contacts", two.keep)
    assert (kept["name"], kept["email"]) == ("Carol Meier", "c.meier@meyer.example")
    assert [(each["value"], each["primary"]) for each in kept["emails"]] == [
        ("c.meier@meyer.example", True),
        ("carol@meyer.example", False),
    ]


@pytest.mark.parametrize("choices", [{"last_name": "both"}, {"nonsense": "keep"}, {"created_at": "drop"}])
def test_choice_that_cannot_be_meant_is_refused(ann: Actor, two: Two, choices: dict[str, str]) -> None:
    with pytest.raises(Invalid):
        actions.merge(ann, "contacts", two.keep, two.drop, choices)


def test_everything_that_belonged_to_it_moves_along(ann: Actor, two: Two) -> None:
    made = belongings(ann, two.drop)
    actions.merge(ann, "contacts", two.keep, two.drop)

    for name, row_id in made.items():
        table = name.removeprefix("trashed ")
        column = {"notices": "record_id", "links": "from_id"}.get(table, "contact_id")
        column = "record_id" if table == "files" else column
        assert _value(table, row_id, column) == two.keep, name
    assert _value("threads", made["threads"], "record_id") == two.keep
    assert _value("files", made["files"], "created_by") == two.keep
    assert moving.counts(get("contacts"), two.drop) == {}


def test_what_moves_along_is_counted_before(ann: Actor, two: Two) -> None:
    belongings(ann, two.drop)
    counts = moving.counts(get("contacts"), two.drop)

    assert {name: counts[name] for name in ("deals", "activities", "threads", "files")} == {
        "deals": 1,
        "activities": 1,
        "threads": 1,
        "files": 1,
    }


def test_merge_then_undo_changes_nothing_at_all(ann: Actor, two: Two) -> None:
    belongings(ann, two.drop)
    belongings(ann, two.keep)
    before = rows()
    actions.merge(ann, "contacts", two.keep, two.drop)
    assert differing(before, rows())
    actions.unmerge(ann, "contacts", two.drop)

    assert differing(before, rows()) == {}


@pytest.mark.parametrize("seed", range(3))
def test_undo_is_the_identity_whatever_was_merged(ann: Actor, seed: int) -> None:
    dice = random.Random(seed)
    first, second = carol_twice(ann), _companies(ann, dice)
    for _ in range(dice.randrange(4)):
        belongings(ann, dice.choice([first.keep, first.drop]))
    keep, drop = dice.sample([first.keep, first.drop], 2)
    names = ["last_name", "email", "phone", "title", "city", "company_id"]
    choices = {name: dice.choice(["keep", "drop"]) for name in dice.sample(names, dice.randrange(6))}
    before = rows()
    actions.merge(ann, "contacts", keep, drop, choices)
    between = rows()
    actions.merge(ann, "companies", *second)
    actions.unmerge(ann, "companies", second[1])
    assert differing(between, rows()) == {}
    actions.unmerge(ann, "contacts", drop)

    assert differing(before, rows()) == {}


def _companies(actor: Actor, dice: random.Random) -> tuple[UUID, UUID]:
    """Two companies, perhaps one above the other or in a chain."""
    made: list[UUID] = []
    for number in range(4):
        above = {"parent_id": str(dice.choice(made))} if made and dice.random() < 0.7 else {}
        made.append(writing.create(actor, "companies", {"name": f"Kestrel {number}", **above}).id)
    one, other = dice.sample(made, 2)
    return one, other


def test_record_never_belongs_to_itself_afterwards(ann: Actor) -> None:
    top = writing.create(ann, "companies", {"name": "Top"}).id
    middle = writing.create(ann, "companies", {"name": "Middle", "parent_id": str(top)}).id
    low = writing.create(ann, "companies", {"name": "Low", "parent_id": str(middle)}).id
    actions.merge(ann, "companies", low, middle)
    assert reading.fetch(ann, "companies", low)["parent_id"] == top
    actions.unmerge(ann, "companies", middle)
    actions.merge(ann, "companies", low, top)

    assert reading.fetch(ann, "companies", middle)["parent_id"] == low
    assert reading.fetch(ann, "companies", low)["parent_id"] is None


def test_dropped_record_leads_to_the_kept_one(ann: Actor, two: Two) -> None:
    actions.merge(ann, "contacts", two.keep, two.drop)

    with pytest.raises(NotFound):
        reading.fetch(ann, "contacts", two.drop)
    assert absorbed.into("contacts", two.drop) == two.keep
    assert identifiers.match("contacts", "email", ["c.meier@meyer.example"]) == {
        "c.meier@meyer.example": two.keep
    }


def test_chain_of_merges_leads_to_its_end(ann: Actor, two: Two) -> None:
    last = writing.create(ann, "contacts", {"last_name": "Meyer"}).id
    actions.merge(ann, "contacts", two.keep, two.drop)
    actions.merge(ann, "contacts", last, two.keep)
    assert absorbed.into("contacts", two.drop) == last

    with pytest.raises(Conflict):
        actions.unmerge(ann, "contacts", two.drop)
    actions.unmerge(ann, "contacts", two.keep)
    assert absorbed.into("contacts", two.drop) == two.keep


def test_merging_again_changes_nothing(ann: Actor, two: Two) -> None:
    actions.merge(ann, "contacts", two.keep, two.drop)
    version = reading.fetch(ann, "contacts", two.keep).version

    assert not actions.merge(ann, "contacts", two.keep, two.drop)
    assert reading.fetch(ann, "contacts", two.keep).version == version


def test_history_of_both_is_told(ann: Actor, two: Two) -> None:
    writing.update(ann, "contacts", two.drop, {"city": "Bonn"})
    actions.merge(ann, "contacts", two.keep, two.drop)
    told = [(entry.verb, entry.record_id) for entry in timeline(ann, [two.keep]).entries]

    assert told[0] == ("merged", two.keep)
    assert ("created", two.keep) in told
    assert ("created", two.drop) in told
    assert ("trashed", two.drop) not in told


def test_what_was_changed_since_is_named(ann: Actor, two: Two) -> None:
    made = belongings(ann, two.drop)
    other = writing.create(ann, "contacts", {"last_name": "Otto"}).id
    actions.merge(ann, "contacts", two.keep, two.drop)
    writing.update(ann, "contacts", two.keep, {"title": "Head of purchasing"})
    writing.update(ann, "deals", made["deals"], {"contact_id": str(other)})

    with pytest.raises(Conflict) as caught:
        actions.unmerge(ann, "contacts", two.drop)
    deal = f"deals/{made['deals']}"
    assert caught.value.theirs == {"title": "Head of purchasing", deal: "Otto"}
    assert caught.value.base["title"] == "Buyer"
    assert absorbed.into("contacts", two.drop) == two.keep


def test_what_came_since_stays_with_the_kept_one(ann: Actor, two: Two) -> None:
    actions.merge(ann, "contacts", two.keep, two.drop)
    later = writing.create(ann, "deals", {"name": "New", "contact_id": str(two.keep)}).id
    writing.update(ann, "contacts", two.keep, {"region": "NRW"})
    actions.unmerge(ann, "contacts", two.drop)

    assert _value("deals", later) == two.keep
    assert reading.fetch(ann, "contacts", two.keep)["region"] == "NRW"


def test_merge_is_taken_back_for_thirty_days(ann: Actor, two: Two) -> None:
    actions.merge(ann, "contacts", two.keep, two.drop)
    session.execute(text("UPDATE links SET created_at = now() - interval '31 days' WHERE kind = 'merged'"))

    with pytest.raises(Invalid):
        actions.unmerge(ann, "contacts", two.drop)


def test_no_is_not_forgotten_by_merging(ann: Actor, two: Two) -> None:
    writing.update(ann, "contacts", two.keep, {"mail_consent": "granted"})
    writing.update(ann, "contacts", two.drop, {"mail_consent": "refused"})
    actions.merge(ann, "contacts", two.keep, two.drop)

    assert reading.fetch(ann, "contacts", two.keep)["mail_consent"] == "refused"


def test_choice_for_older_versions_is_refused(ann: Actor, two: Two) -> None:
    writing.update(ann, "contacts", two.drop, {"city": "Bonn"})

    with pytest.raises(Conflict):
        actions.merge(ann, "contacts", two.keep, two.drop, versions=(1, 1))
    assert actions.merge(ann, "contacts", two.keep, two.drop, versions=(1, 2))


def test_who_may_not_delete_merges_nothing(ann: Actor, ralf: Actor, two: Two) -> None:
    with pytest.raises(NotAllowed):
        actions.merge(ralf, "contacts", two.keep, two.drop)
    with pytest.raises(NotFound):
        actions.merge(ann, "contacts", two.keep, new_id())
    with pytest.raises(Invalid):
        actions.merge(ann, "contacts", two.keep, two.keep)


def test_dealings_are_not_merged(ann: Actor) -> None:
    one, other = (writing.create(ann, "orders", {"number": f"N-{n}"}).id for n in (1, 2))

    with pytest.raises(Invalid):
        actions.merge(ann, "orders", one, other)


def test_unique_number_of_the_dropped_company_may_be_taken(ann: Actor) -> None:
    one, other = (writing.create(ann, "companies", {"name": "Acme", "number": f"{n}"}).id for n in (1, 2))
    actions.merge(ann, "companies", one, other, {"number": "drop"})
    assert reading.fetch(ann, "companies", one)["number"] == "2"
    actions.unmerge(ann, "companies", other)

    assert [reading.fetch(ann, "companies", each)["number"] for each in (one, other)] == ["1", "2"]


def _account(contact_id: UUID, state: str, sees: str = "own") -> UUID:
    made = new_id()
    session.execute(
        text(
            "INSERT INTO portal_accounts (id, contact_id, email, state, sees) VALUES (:id, :c, :e, :s, :sees)"
        ),
        {"id": made, "c": contact_id, "e": f"{made}@x.example", "s": state, "sees": sees},
    )
    return made


def test_only_account_goes_to_the_kept_contact(ann: Actor, two: Two) -> None:
    account = _account(two.drop, "active")
    actions.merge(ann, "contacts", two.keep, two.drop)

    assert _value("portal_accounts", account) == two.keep


@pytest.mark.parametrize("state", ["active", "blocked"])
def test_two_ways_into_the_portal_are_decided_first(ann: Actor, two: Two, state: str) -> None:
    _account(two.keep, state)
    _account(two.drop, "active")

    with pytest.raises(Conflict):
        actions.merge(ann, "contacts", two.keep, two.drop)
    assert absorbed.into("contacts", two.drop) is None


def test_account_in_use_takes_the_place_of_an_invitation(ann: Actor, two: Two) -> None:
    invited, active = _account(two.keep, "invited"), _account(two.drop, "active", "company")
    before = rows()
    actions.merge(ann, "contacts", two.keep, two.drop)
    assert (_value("portal_accounts", active), _value("portal_accounts", invited)) == (two.keep, two.drop)
    assert _value("portal_accounts", active, "sees") == "own"
    actions.unmerge(ann, "contacts", two.drop)

    assert differing(before, rows()) == {}
