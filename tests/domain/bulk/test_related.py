"""Whole filters that go through relations: kept as an address or as JSON, changed, exported, taken back."""

import csv
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl
from urllib.request import urlopen
from uuid import UUID

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from app.core.actor import Actor
from app.domain.bulk import actions, blocks, queries
from app.domain.bulk.rules import Selection, Wanted
from app.domain.exports import actions as exports
from app.domain.jobs import actions as jobs
from app.domain.jobs.slices import Budget
from app.records import filters, registry, writing
from app.records.filters import Where, addressing
from app.records.writing import Row
from tenants.session import unit_of_work
from tests.conftest import S3
from tests.domain.bulk.many import ask, counts, done, sql, undo
from tests.work import work_off

CITY = {"field": "company_id.city", "op": "eq", "value": "Kiel"}
GROUP = {"field": "company_id.parent_id.city", "op": "eq", "value": "Bremen"}
# One step, two, a list that points here, one of those one step on, and all that joined.
TREES: Mapping[str, Any] = {
    "one step": CITY,
    "two steps": GROUP,
    "a list": {"any": "deals", "where": {"field": "name", "op": "eq", "value": "Big"}},
    "a list, one step on": {
        "any": "deals",
        "where": {"field": "company_id.city", "op": "eq", "value": "Kiel"},
    },
    "joined": {
        "and": [
            {"or": [CITY, {"any": "deals"}]},
            {"not": {"field": "company_id.city", "op": "eq", "value": "Köln"}},
            {"none": "activities"},
        ]
    },
}


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "SIZE", 2)


@pytest.fixture
def five(ann: Actor) -> list[UUID]:
    """Five people of a daughter in Kiel, whose group is in Bremen, each with a big deal; and five others."""
    with unit_of_work():
        group = writing.create(ann, "companies", {"name": "Group", "city": "Bremen"}).id
        daughter = writing.create(
            ann, "companies", {"name": "Daughter", "city": "Kiel", "parent_id": str(group)}
        ).id
        other = writing.create(ann, "companies", {"name": "Other", "city": "Köln"}).id
        meant = _people(ann, 5, daughter)
        _people(ann, 3, other)
        _people(ann, 2, None)
        for each in meant:
            values = {"name": "Big", "contact_id": str(each), "company_id": str(daughter)}
            writing.create(ann, "deals", values)
    return meant


def _people(ann: Actor, number: int, company: UUID | None) -> list[UUID]:
    to = {"company_id": str(company)} if company else {}
    rows = [Row({"last_name": f"{company} {place}", "title": "Before", **to}) for place in range(number)]
    return [each.record_id for each in writing.write_many(ann, "contacts", rows) if each.record_id]


def read(ann: Actor, tree: Any) -> Where:
    return filters.parse_json(registry.get("contacts"), tree, ann)


def titled(title: str) -> set[UUID]:
    return {row[0] for row in sql("SELECT id FROM contacts WHERE title = :title", title=title)}


@pytest.mark.parametrize("tree", TREES.values(), ids=TREES)
def test_filter_is_the_same_out_of_an_address_and_out_of_json(ann: Actor, tree: Any) -> None:
    """What is kept of a view is one of the two."""
    with unit_of_work(read_only=True):
        where = read(ann, tree)
        assert read(ann, filters.to_json(where)) == where
        query = addressing.query(addressing.to_params(where))
        asked = MultiDict(parse_qsl(query, keep_blank_values=True))
        again = filters.parse_params(registry.get("contacts"), asked, ann)
        assert filters.to_json(again) == filters.to_json(where)


@pytest.mark.parametrize("tree", TREES.values(), ids=TREES)
def test_whole_filter_is_told_changed_and_taken_back(
    app: Flask, ann: Actor, five: list[UUID], tree: Any
) -> None:
    with unit_of_work(read_only=True):
        selection = Selection(where=read(ann, tree))
        told = queries.preview(ann, "contacts", Wanted("edit", selection, {"title": "After"}))
    assert (told.total, told.changing, told.exact) == (5, 5, True)
    job_id = done(app, ann, selection, title="After")
    assert counts(ann, job_id) == ("done", 5, 0, 0)
    assert titled("After") == set(five)
    assert counts(ann, undo(app, ann, job_id)) == ("done", 5, 0, 0)
    assert len(titled("Before")) == 10


@pytest.mark.parametrize("tree", [CITY, GROUP], ids=["one step", "two steps"])
def test_change_stopped_half_way_is_taken_back_as_far_as_it_came(
    app: Flask, ann: Actor, five: list[UUID], monkeypatch: pytest.MonkeyPatch, tree: Any
) -> None:
    """Those whom the filter found at first are meant, though their company moves meanwhile."""
    monkeypatch.setattr(Budget, "is_spent", lambda _: True)
    with unit_of_work(read_only=True):
        selection = Selection(where=read(ann, tree))
    job_id = ask(ann, selection, title="After")
    work_off(app, most=1)
    moved = [Row({"city": "Ulm"}, row[0]) for row in sql("SELECT id FROM companies")]
    with unit_of_work():
        writing.write_many(ann, "companies", moved)
    work_off(app, most=1)
    with unit_of_work():
        jobs.cancel(ann, job_id)
    work_off(app)
    assert titled("After") == set(sorted(five)[:4])
    assert counts_of(undo(app, ann, job_id)) == ("done", 4)
    assert len(titled("Before")) == 10


def counts_of(job_id: UUID) -> tuple[str, int]:
    [told] = sql("SELECT state, updated_count FROM jobs WHERE id = :id", id=job_id)
    return told[0], told[1]


def test_change_of_what_the_filter_looks_at_reaches_all(app: Flask, ann: Actor, five: list[UUID]) -> None:
    """Each slice takes records out of the filter."""
    with unit_of_work(read_only=True):
        selection = Selection(where=read(ann, CITY))
    [(other,)] = sql("SELECT id FROM companies WHERE name = 'Other'")
    job_id = done(app, ann, selection, company_id=str(other))
    assert counts(ann, job_id) == ("done", 5, 0, 0)
    assert sql("SELECT count(*) FROM contacts WHERE company_id = :id", id=other) == [(8,)]
    undo(app, ann, job_id)
    assert sql("SELECT count(*) FROM contacts WHERE company_id = :id", id=other) == [(3,)]


@pytest.mark.parametrize("tree", TREES.values(), ids=TREES)
def test_whole_filter_is_exported(app: Flask, ann: Actor, five: list[UUID], s3: S3, tree: Any) -> None:
    with unit_of_work():
        job_id = actions.export(ann, "contacts", Selection(where=read(ann, tree)), ["title"]).id
    work_off(app)
    with unit_of_work(read_only=True):
        told = exports.status(ann, job_id)
    with urlopen(told["url"]) as answer:
        rows = list(csv.reader(answer.read().decode().splitlines()))
    assert {row[0] for row in rows[1:]} == {str(each) for each in five}
