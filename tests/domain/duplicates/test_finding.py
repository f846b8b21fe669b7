"""Finding duplicates: of one record, of what is typed, and by the search through all."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text

from app.core.actor import Actor
from app.domain.duplicates import actions, queries, searching, walking
from app.domain.jobs import queries as jobs
from app.domain.jobs import slices
from app.domain.jobs.models import Job
from app.domain.jobs.slices import Budget
from app.records import writing
from tenants.session import session

CAROL = {"first_name": "Carol", "last_name": "Müller", "city": "Köln", "phone": "+49 221 4711"}


def _create(actor: Actor, object_name: str, **values: Any) -> UUID:
    return writing.create(actor, object_name, values).id


def _search(actor: Actor, object_name: str) -> Job:
    job = searching.ask(actor, object_name)
    while walking.advance(actor, job, Budget()):
        session.refresh(job)
    slices.finish(job)
    return job


def _pairs(actor: Actor, object_name: str) -> set[frozenset[UUID]]:
    found, _, _ = queries.page(actor, object_name)
    return {frozenset((pair.one, pair.other)) for pair in found}


@pytest.mark.parametrize(
    "typed",
    [
        {"first_name": "Carol", "last_name": "Mueller", "city": "Köln"},
        {"first_name": "Karol", "last_name": "Muller", "city": "koeln"},
        {"last_name": "Müller", "first_name": "Carol", "phone": "0221 4711"},
    ],
)
def test_what_is_typed_is_found(ann: Actor, typed: dict[str, str]) -> None:
    known = _create(ann, "contacts", **CAROL)
    _create(ann, "contacts", first_name="Carl", last_name="Otto", city="Köln")

    assert [each.record_id for each in queries.of(ann, "contacts", values=typed)] == [known]


def test_what_cannot_be_read_yet_is_left_out(ann: Actor) -> None:
    known = _create(ann, "contacts", **CAROL)
    typed = {**CAROL, "email": "carol@", "birthday": "32.13.", "last_name": "Müller\x00"}

    assert queries.of(ann, "contacts", values={"birthday": "yesterday"}) == []
    assert [
        each.record_id for each in queries.of(ann, "contacts", values={**typed, "last_name": "Müller"})
    ] == [known]


def test_companies_are_found_under_another_form(ann: Actor) -> None:
    known = _create(ann, "companies", name="Meyer Maschinenbau GmbH", domain="meyer.example", city="Köln")

    found = queries.of(ann, "companies", values={"name": "Meyer Maschinenbau", "domain": "www.meyer.example"})
    assert [each.record_id for each in found] == [known]
    assert {reason.code for reason in found[0].likeness.reasons} >= {"same_name", "same_domain"}


def test_search_lists_pairs_with_reasons(ann: Actor) -> None:
    one = _create(ann, "contacts", **CAROL)
    other = _create(ann, "contacts", **{**CAROL, "last_name": "Mueller", "phone": None})
    swapped = _create(ann, "contacts", first_name="Müller", last_name="Carol", city="Köln")
    _create(ann, "contacts", first_name="Paul", last_name="Müller", city="Köln", phone="+49 221 4711")
    _search(ann, "contacts")

    assert _pairs(ann, "contacts") == {
        frozenset((one, other)),
        frozenset((one, swapped)),
        frozenset((other, swapped)),
    }
    best = queries.page(ann, "contacts")[0][0]
    assert {"same_name", "same_city"} <= {reason.code for reason in best.likeness.reasons}


def test_those_who_are_two_are_not_offered_again(ann: Actor) -> None:
    one, other = _create(ann, "contacts", **CAROL), _create(ann, "contacts", **CAROL)
    _search(ann, "contacts")
    actions.keep_apart(ann, "contacts", other, one)

    assert _pairs(ann, "contacts") == set()
    _search(ann, "contacts")
    assert _pairs(ann, "contacts") == set()
    assert queries.of(ann, "contacts", record_id=one) == []


def test_pair_is_gone_once_it_was_merged_or_told_apart(ann: Actor) -> None:
    one, other = _create(ann, "contacts", **CAROL), _create(ann, "contacts", **CAROL)
    _search(ann, "contacts")
    assert len(_pairs(ann, "contacts")) == 1
    actions.merge(ann, "contacts", one, other)
    assert _pairs(ann, "contacts") == set()
    actions.unmerge(ann, "contacts", other)
    assert len(_pairs(ann, "contacts")) == 1

    writing.update(ann, "contacts", other, {"first_name": "Sandra", "phone": None})
    _search(ann, "contacts")
    assert _pairs(ann, "contacts") == set()


def test_office_full_of_one_telephone_is_no_flood(ann: Actor) -> None:
    rows = [
        writing.Row(
            {
                "first_name": f"Vorname{chr(97 + n)}",
                "last_name": f"Name{chr(97 + n) * 4}",
                "phone": "+49 30 1",
            }
        )
        for n in range(26)
    ]
    writing.write_many(ann, "contacts", rows, quiet=True)
    _search(ann, "contacts")

    assert _pairs(ann, "contacts") == set()


def test_one_search_at_a_time(ann: Actor) -> None:
    first = searching.ask(ann, "companies")

    assert searching.ask(ann, "companies").id == first.id
    assert jobs.one(ann, first.id).object == "companies"


def test_every_night_where_something_was_written(ann: Actor) -> None:
    _create(ann, "companies", name="Kestrel Ltd")
    session.execute(text("UPDATE companies SET updated_at = now() - interval '1 hour'"))
    for _ in range(2):
        searching.nightly()
        begun = session.scalars(select(Job.object).where(Job.kind == searching.KIND)).all()
        assert begun == ["companies"]
    session.execute(text("UPDATE companies SET updated_at = now() + interval '1 hour'"))
    searching.nightly()
    assert len(session.scalars(select(Job.id).where(Job.kind == searching.KIND)).all()) == 2
