"""Pages of duplicates: compare, merge, take back, say that they are two."""

from uuid import UUID

import pytest
from flask import Flask

from app.records import writing
from tenants.context import entered
from tenants.session import unit_of_work
from tests.cast import ANN, Workspace
from tests.visitor import Visitor
from tests.work import work_off


@pytest.fixture
def two(app: Flask, nordwind: Workspace) -> tuple[UUID, UUID]:
    """Carol Müller, and Carol Mueller with three deals."""
    actor = nordwind.actor(ANN)
    with app.app_context(), entered(nordwind.tenant), unit_of_work():
        same = {"first_name": "Carol", "city": "Köln"}
        keep = writing.create(actor, "contacts", {**same, "last_name": "Müller", "title": "Buyer"}).id
        drop = writing.create(actor, "contacts", {**same, "last_name": "Mueller", "title": "CTO"}).id
        for number in range(3):
            writing.create(actor, "deals", {"name": f"Press {number}", "contact_id": str(drop)})
    return keep, drop


def test_two_are_compared_and_merged(ann: Visitor, two: tuple[UUID, UUID]) -> None:
    keep, drop = two
    page = ann.get(f"/contacts/{keep}/merge?with={drop}").text
    assert "Mit umziehen: 3 " in page
    assert page.index('name="last_name" value="keep" checked') < page.index('name="title" value="keep"')
    form = {"with": str(drop), "keep_version": "1", "drop_version": "1", "title": "drop"}
    answer = ann.post(f"/contacts/{keep}/merge", form)
    assert answer.headers["Location"] == f"/contacts/{keep}"

    shown = ann.get(f"/contacts/{keep}").text
    assert "CTO" in shown
    assert f"/contacts/{drop}/merge/reversal" in shown
    assert ann.get(f"/contacts/{drop}").headers["Location"] == f"/contacts/{keep}"
    ann.post(f"/contacts/{drop}/merge/reversal")
    assert ann.get(f"/contacts/{drop}").status_code == 200
    told = ann.get(f"/contacts/{keep}").text
    assert "/merge/reversal" not in told
    assert "zurückgenommen</span>" in told
    assert (
        "/merge/reversal"
        in ann.follow(
            ann.post(f"/contacts/{keep}/merge", form | {"keep_version": "3", "drop_version": "3"})
        ).text
    )


def test_what_was_changed_meanwhile_is_looked_at_again(ann: Visitor, two: tuple[UUID, UUID]) -> None:
    keep, drop = two
    ann.post(f"/contacts/{keep}", {"last_name": "Möller", "base_version": "1"})
    form = {"with": str(drop), "keep_version": "1", "drop_version": "1"}
    answer = ann.post(f"/contacts/{keep}/merge", form)

    assert answer.status_code == 409
    assert 'role="alert"' in answer.text
    assert ann.get(f"/contacts/{drop}").status_code == 200


def test_form_says_calmly_what_is_there_already(ann: Visitor, two: tuple[UUID, UUID]) -> None:
    assert 'data-controller="likely"' in ann.get("/contacts/new").text
    typed = {"first_name": "Carol", "last_name": "Muller", "city": "Köln"}
    told = ann.post("/contacts/duplicates/likely", typed).text
    assert f"/contacts/{two[0]}" in told
    assert ann.post("/contacts/duplicates/likely", {"last_name": "Otto"}).text.strip() == ""


def test_pairs_are_found_listed_and_told_apart(app: Flask, ann: Visitor, two: tuple[UUID, UUID]) -> None:
    keep, drop = two
    assert "duplicates/search" in ann.get("/contacts/duplicates").text
    ann.post("/contacts/duplicates/search")
    work_off(app)
    address = f"/contacts/{keep}/merge?with={drop}"
    assert address in ann.get("/contacts/duplicates").text
    assert address in ann.get(f"/contacts/{keep}/merge").text
    ann.post("/contacts/duplicates/apart", {"one": str(keep), "other": str(drop)})

    assert address not in ann.get("/contacts/duplicates").text
    assert address not in ann.get(f"/contacts/{keep}/merge").text


def test_who_may_not_delete_is_offered_no_merge(ralf: Visitor, two: tuple[UUID, UUID]) -> None:
    keep, drop = two

    assert ralf.get(f"/contacts/{keep}/merge?with={drop}").status_code == 403
    assert "/merge" not in ralf.get(f"/contacts/{keep}").text
    assert ralf.get("/contacts/duplicates").status_code == 403
