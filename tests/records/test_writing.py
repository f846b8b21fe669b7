"""Creating and changing records."""

import threading
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from app.core.actor import Actor
from app.core.errors import Conflict, Invalid, NotAllowed, NotFound
from app.core.ids import new_id
from app.records import facts, habits, reading, registry, writing
from tenants import stopwatch
from tenants.context import entered
from tenants.session import session, unit_of_work
from tests.cast import BOB, Workspace


def refused(call: Any) -> dict[str, str]:
    """Path and code of each problem that the call raises."""
    with pytest.raises(Invalid) as caught:
        call()
    return {problem.path: problem.code for problem in caught.value.problems}


def test_new_record_comes_back_whole(ann: Actor, office: Workspace) -> None:
    meyer = writing.create(
        ann, "companies", {"name": " Meyer Maschinenbau ", "domain": "https://www.meyer.example"}
    )
    carol = writing.create(
        ann,
        "contacts",
        {
            "first_name": "Carol",
            "last_name": "Meyer",
            "email": "Carol@Meyer.example",
            "company_id": str(meyer.id),
            "owner_id": office.members[BOB.email],
            "income": "90.000,50",
            "external_ids": {"SAP": "4711"},
        },
    )
    found = reading.fetch(ann, "contacts", carol.id)

    assert (meyer["name"], meyer["domain"]) == ("Meyer Maschinenbau", "meyer.example")
    assert (found.version, found.title, found["email"]) == (1, "Carol Meyer", "carol@meyer.example")
    assert found["emails"] == [
        {"value": "carol@meyer.example", "display": "carol@meyer.example", "purpose": "", "primary": True}
    ]
    assert found["external_ids"] == {"sap": "4711"}
    assert (found["income"], found["income_currency"]) == (Decimal("90000.5"), "EUR")
    assert found.labels["company_id"] == "Meyer Maschinenbau"
    assert found.labels["owner_id"] == "Bob Lind"
    assert found.labels["updated_by"] == "Ann Berg"


@pytest.mark.parametrize(("first", "last"), [("Carol", "Meyer"), ("", "Meyer"), ("Carol", "")])
def test_search_and_log_call_people_as_lists_do(ann: Actor, first: str, last: str) -> None:
    carol = writing.create(ann, "contacts", {"first_name": first, "last_name": last})
    renamed = writing.update(ann, "contacts", carol.id, {"first_name": "Caroline"})
    told = session.scalars(
        text("SELECT title FROM facts WHERE record_id = :id ORDER BY id"), {"id": carol.id}
    )

    assert (
        session.scalar(text("SELECT title FROM search WHERE record_id = :id"), {"id": carol.id})
        == renamed.title
    )
    assert (
        told.all() == [carol.title, renamed.title] == [f"{first} {last}".strip(), f"Caroline {last}".strip()]
    )


def test_new_record_is_stored_in_one_statement(ann: Actor) -> None:
    habit, _ = habits.of(ann), registry.model()
    with stopwatch.running() as waited:
        writing.create(ann, "contacts", {"last_name": "Meyer", "email": "carol@meyer.example"}, habits=habit)

    assert waited.times == 1, "all that is stored, and the look for who holds the address"


def test_problems_name_every_field(ann: Actor) -> None:
    given = {"name": "", "nam": "x", "close_on": "soon", "amount": "much", "closed_at": "2026-01-01"}

    assert refused(lambda: writing.create(ann, "deals", given)) == {
        "name": "required",
        "nam": "unknown_field",
        "close_on": "not_a_date",
        "amount": "not_a_number",
        "closed_at": "read_only",
    }


def test_unknown_field_suggests_the_right_one(ann: Actor) -> None:
    with pytest.raises(Invalid) as caught:
        writing.create(ann, "companies", {"name": "Meyer", "citty": "Köln"})

    assert caught.value.problems[0].data["near"] == "city"


def test_contact_needs_some_name_or_address(ann: Actor) -> None:
    assert refused(lambda: writing.create(ann, "contacts", {"city": "Köln"})) == {"last_name": "required"}


def test_relation_must_point_to_something_alive(ann: Actor) -> None:
    meyer = writing.create(ann, "companies", {"name": "Meyer"})
    writing.trash(ann, "companies", meyer.id)

    for points_to in (new_id(), meyer.id):
        given = {"last_name": "Meyer", "company_id": points_to}
        assert refused(lambda given=given: writing.create(ann, "contacts", given)) == {
            "company_id": "not_found"
        }
    assert refused(lambda: writing.update(ann, "companies", new_company(ann), {"parent_id": "me"})) == {
        "parent_id": "not_an_id"
    }


def new_company(actor: Actor, name: str = "Otto") -> Any:
    return writing.create(actor, "companies", {"name": name}).id


def test_one_email_belongs_to_one_contact(ann: Actor) -> None:
    carol = writing.create(ann, "contacts", {"last_name": "Meyer", "email": "carol@meyer.example"})
    with pytest.raises(Invalid) as caught:
        writing.create(ann, "contacts", {"last_name": "Other", "email": "CAROL@meyer.example"})

    problem = caught.value.problems[0]
    assert (problem.path, problem.code, problem.data["title"]) == ("email", "taken", "Meyer")
    assert problem.data["record_id"] == str(carol.id)
    assert writing.create(ann, "companies", {"name": "Meyer", "email": "carol@meyer.example"}).version == 1


def test_unique_numbers_are_unique_among_the_living(ann: Actor) -> None:
    bike = writing.create(ann, "products", {"name": "Bike", "sku": "B-1"})

    assert refused(lambda: writing.create(ann, "products", {"name": "Other", "sku": "b-1"})) == {
        "sku": "taken"
    }
    writing.trash(ann, "products", bike.id)
    assert writing.create(ann, "products", {"name": "Other", "sku": "b-1"}).version == 1


def test_primary_email_and_list_agree(ann: Actor) -> None:
    carol = writing.create(ann, "contacts", {"last_name": "Meyer", "emails": ["a@x.example", "b@x.example"]})
    by_list = writing.update(
        ann, "contacts", carol.id, {"emails": ["a@x.example", {"value": "c@x.example", "primary": True}]}
    )
    by_field = writing.update(ann, "contacts", carol.id, {"email": "a@x.example"})
    replaced = writing.update(ann, "contacts", carol.id, {"email": "d@x.example"})
    removed = writing.update(ann, "contacts", carol.id, {"email": None})

    def listed(record: Any) -> list[str]:
        return [entry["value"] for entry in record["emails"]]

    assert (carol["email"], by_list["email"]) == ("a@x.example", "c@x.example")
    assert listed(by_list) == ["c@x.example", "a@x.example"]
    assert (by_field["email"], listed(by_field)) == ("a@x.example", ["a@x.example", "c@x.example"])
    assert (replaced["email"], listed(replaced)) == ("d@x.example", ["d@x.example", "c@x.example"])
    assert (removed["email"], listed(removed)) == ("c@x.example", ["c@x.example"])
    assert listed(reading.fetch(ann, "contacts", carol.id)) == ["c@x.example"]


def test_change_that_changes_nothing_leaves_no_trace(ann: Actor) -> None:
    carol = writing.create(ann, "contacts", {"last_name": "Meyer", "city": "Köln", "email": "c@x.example"})
    same = writing.update(ann, "contacts", carol.id, {"city": " Köln ", "email": "C@x.example", "phone": ""})

    assert same.version == 1
    assert len(facts.timeline(ann, [carol.id]).entries) == 1


def test_different_fields_of_two_people_merge(ann: Actor, bob: Actor) -> None:
    carol = writing.create(ann, "contacts", {"last_name": "Meyer"})
    writing.update(ann, "contacts", carol.id, {"city": "Köln"}, base_version=1)
    merged = writing.update(bob, "contacts", carol.id, {"title": "CEO"}, base_version=1)

    assert (merged.version, merged["city"], merged["title"]) == (3, "Köln", "CEO")


def test_same_field_of_two_people_conflicts(ann: Actor, bob: Actor) -> None:
    carol = writing.create(ann, "contacts", {"last_name": "Meyer", "city": "Bonn"})
    writing.update(ann, "contacts", carol.id, {"city": "Köln"})
    writing.write_many(ann, "contacts", [writing.Row({"city": "Ulm"}, carol.id)], title="Import")
    with pytest.raises(Conflict) as caught:
        writing.update(bob, "contacts", carol.id, {"city": "Trier", "title": "CEO"}, base_version=1)
    agreed = writing.update(bob, "contacts", carol.id, {"city": "Ulm", "title": "CEO"}, base_version=1)

    assert (caught.value.yours, caught.value.theirs, caught.value.base) == (
        {"city": "Trier"},
        {"city": "Ulm"},
        {"city": "Bonn"},
    )
    assert agreed["title"] == "CEO"


def test_version_from_the_future_is_invalid(ann: Actor) -> None:
    carol = writing.create(ann, "contacts", {"last_name": "Meyer"})

    with pytest.raises(Invalid) as caught:
        writing.update(ann, "contacts", carol.id, {"city": "Köln"}, base_version=7)

    assert caught.value.problems[0].code == "unknown_version"


def test_owner_is_a_member_by_id_email_or_name(ann: Actor, office: Workspace) -> None:
    for written in (office.members[BOB.email], "Bob.Lind@nordwind.example", "bob lind"):
        carol = writing.create(ann, "contacts", {"last_name": "Meyer", "owner_id": written})
        assert carol["owner_id"] == office.members[BOB.email]
    problems = refused(lambda: writing.create(ann, "contacts", {"last_name": "X", "owner_id": "nobody"}))
    assert problems == {"owner_id": "not_an_id"}


def test_reader_may_look_and_not_touch(ann: Actor, ralf: Actor) -> None:
    carol = writing.create(ann, "contacts", {"last_name": "Meyer"})

    assert reading.fetch(ralf, "contacts", carol.id).title == "Meyer"
    for call in (
        lambda: writing.create(ralf, "contacts", {"last_name": "Otto"}),
        lambda: writing.update(ralf, "contacts", carol.id, {"city": "Köln"}),
        lambda: writing.trash(ralf, "contacts", carol.id),
    ):
        with pytest.raises(NotAllowed):
            call()


def test_what_one_may_not_see_is_not_there(ann: Actor) -> None:
    carol = writing.create(ann, "contacts", {"last_name": "Meyer"})
    blind = Actor("client", None, "Program", "api", frozenset({"contacts:write"}))

    calls: list[Callable[[], object]] = [
        lambda: reading.fetch(blind, "contacts", carol.id),
        lambda: writing.update(blind, "contacts", carol.id, {"city": "Köln"}),
        lambda: reading.fetch(ann, "contacts", new_id()),
        lambda: reading.fetch(ann, "nonsense", carol.id),
    ]
    for call in calls:
        with pytest.raises(NotFound):
            call()


def test_names_of_hidden_objects_stay_hidden(ann: Actor) -> None:
    meyer = new_company(ann, "Meyer")
    carol = writing.create(ann, "contacts", {"last_name": "Meyer", "company_id": meyer})
    narrow = Actor("client", None, "Program", "api", frozenset({"contacts:read"}))

    assert reading.fetch(narrow, "contacts", carol.id).labels == {
        "created_by": "Ann Berg",
        "updated_by": "Ann Berg",
    }


def test_empty_fields_inherit_from_what_they_belong_to(ann: Actor) -> None:
    meyer = new_company(ann, "Meyer")
    carol = writing.create(ann, "contacts", {"last_name": "Meyer", "company_id": meyer})
    order = writing.create(ann, "orders", {"contact_id": carol.id, "currency": "USD"})
    delivery = writing.create(ann, "deliveries", {"order_id": order.id})
    incident = writing.create(ann, "incidents", {"kind": "quality", "delivery_id": delivery.id})

    assert (order["company_id"], order["currency"]) == (meyer, "USD")
    assert (delivery["company_id"], delivery["contact_id"]) == (meyer, carol.id)
    assert (incident["order_id"], incident["company_id"], incident["currency"]) == (order.id, meyer, "USD")


def test_orders_without_number_get_the_next(ann: Actor) -> None:
    first = writing.create(ann, "orders", {})
    writing.create(ann, "orders", {"number": str(int(first["number"]) + 1)})
    third = writing.create(ann, "orders", {})

    assert int(third["number"]) == int(first["number"]) + 2


def test_line_amounts_are_computed(ann: Actor) -> None:
    order = writing.create(ann, "orders", {})
    bike = writing.create(ann, "products", {"name": "Bike", "price": "100"})
    line = writing.create(
        ann, "order_lines", {"order_id": order.id, "product_id": bike.id, "quantity": 3, "discount": "10 %"}
    )

    assert (line["description"], line["unit_price"], line["amount"]) == ("Bike", 100, 270)


def test_many_rows_are_told_apart(ann: Actor) -> None:
    carol = writing.create(ann, "contacts", {"last_name": "Meyer", "email": "carol@x.example"})
    rows = [
        writing.Row({"last_name": "New", "email": "new@x.example"}),
        writing.Row({"city": "Köln"}, carol.id),
        writing.Row({"city": "Ulm"}, carol.id),
        writing.Row({"last_name": "Thief", "email": "carol@x.example"}),
        writing.Row({"last_name": "Twin", "email": "new@x.example"}),
        writing.Row({"last_name": "Lost"}, new_id()),
        writing.Row({}),
    ]
    outcomes = writing.write_many(ann, "contacts", rows, title="contacts.csv")
    again = writing.write_many(ann, "contacts", [writing.Row({"city": "Köln"}, carol.id)])

    assert [o.state for o in outcomes] == [
        "created",
        "updated",
        "failed",
        "failed",
        "failed",
        "failed",
        "failed",
    ]
    assert [o.problems[0].code for o in outcomes[2:]] == [
        "duplicate",
        "taken",
        "taken",
        "not_found",
        "required",
    ]
    assert [o.state for o in again] == ["skipped"]


def test_many_rows_are_one_fact(ann: Actor) -> None:
    before = session.scalar(text("SELECT count(*) FROM facts"))
    rows = [writing.Row({"last_name": f"Person {n}", "email": f"p{n}@x.example"}) for n in range(300)]
    outcomes = writing.write_many(ann, "contacts", rows, title="people.csv", quiet=True)
    last = outcomes[-1].record_id
    assert last is not None
    entry = facts.timeline(ann, [last]).entries[0]

    assert session.scalar(text("SELECT count(*) FROM facts")) == (before or 0) + 1
    assert (entry.verb, entry.bulk, entry.title) == ("created", True, "Person 299")
    assert {"last_name", "email"} <= {change.field for change in entry.changes}


def test_only_one_of_two_at_once_gets_the_email(app: Flask, bob: Actor, office: Workspace) -> None:
    """Both look and both see the address free; the index decides."""
    started = threading.Barrier(2)
    answers: list[str] = []

    def compete(name: str) -> None:
        try:
            with app.app_context(), entered(office.tenant), unit_of_work():
                started.wait(60)
                writing.create(bob, "contacts", {"last_name": name, "email": "race@x.example"})
        except (Conflict, Invalid):
            answers.append("refused")
        else:
            answers.append("stored")

    racers = [threading.Thread(target=compete, args=(name,)) for name in ("One", "Two")]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()

    assert sorted(answers) == ["refused", "stored"]


def test_letters_are_compared_as_the_database_does(ann: Actor) -> None:
    """Python and PostgreSQL lower these differently, and one such row must not refuse a whole file."""
    for letter in ("\u0130", "A\u03a3", "\u1e9e"):
        rows = [writing.Row({"name": "Seal", "sku": f"{letter}-1"})] * 2
        outcomes = writing.write_many(ann, "products", rows)
        assert [outcome.state for outcome in outcomes] == ["created", "failed"]
        with pytest.raises(Invalid):
            writing.create(ann, "products", {"name": "Seal", "sku": f"{letter}-1"})


def test_who_edits_a_company_holds_nobody_up_who_adds_to_it(
    app: Flask, bob: Actor, office: Workspace
) -> None:
    with app.app_context(), entered(office.tenant), unit_of_work():
        meyer = writing.create(bob, "companies", {"name": "Meyer"}).id
    added = threading.Event()

    def add() -> None:
        with app.app_context(), entered(office.tenant), unit_of_work():
            writing.create(bob, "contacts", {"last_name": "Meyer", "company_id": meyer})
        added.set()

    with app.app_context(), entered(office.tenant), unit_of_work():
        writing.update(bob, "companies", meyer, {"city": "Kassel"})
        other = threading.Thread(target=add)
        other.start()
        was_free = added.wait(60)
    other.join(60)
    assert was_free
