"""A customer sees the rows and fields that are his, in lists, counts, search, relations and the log alike."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from app.core.actor import Actor
from app.core.errors import Invalid, NotAllowed, NotFound
from app.core.permissions import CUSTOMER
from app.records import counts, facts, filters, finding, reading, registry, scope, undo, writing
from app.records.options import options
from app.records.reading import Query

OBJECTS = ("orders", "order_lines", "deliveries", "incidents", "cases", "products")
SECRET = "A difficult man, promise him nothing"


@dataclass(frozen=True)
class Dealings:
    """A contact, his company, and one record of each object that is his."""

    actor: Actor
    records: dict[str, UUID]


def customer(contact_id: UUID, company_id: UUID | None, *, sees_company: bool = False) -> Actor:
    return Actor(
        "customer", contact_id, "Carol Meyer", "portal", CUSTOMER,
        company_id=company_id, sees_company=sees_company,
    )  # fmt: skip


def dealings(ann: Actor, first: str, company_id: UUID) -> Dealings:
    """One contact of the company with an order, its line, product, delivery, incident and case."""

    def made(object_name: str, **values: Any) -> UUID:
        return writing.create(ann, object_name, values).id

    contact = made(
        "contacts", first_name=first, last_name="Meyer", email=f"{first.lower()}@meyer.example",
        company_id=company_id, description=SECRET,
    )  # fmt: skip
    product = made("products", name=f"Pump of {first}", sku=f"P-{first}", price="10", currency="EUR")
    order = made("orders", contact_id=contact, company_id=company_id, status="placed")
    line = made("order_lines", order_id=order, product_id=product, quantity=2)
    delivery = made("deliveries", order_id=order, promised_on=date(2031, 1, 1))
    incident = made("incidents", kind="quality", delivery_id=delivery, cost="99")
    case = made("cases", subject=f"Question of {first}", contact_id=contact)
    return Dealings(
        customer(contact, company_id),
        {
            "contacts": contact, "companies": company_id, "products": product, "orders": order,
            "order_lines": line, "deliveries": delivery, "incidents": incident, "cases": case,
        },
    )  # fmt: skip


@pytest.fixture
def carol(ann: Actor) -> Dealings:
    company = writing.create(ann, "companies", {"name": "Meyer Maschinenbau", "description": SECRET}).id
    return dealings(ann, "Carol", company)


@pytest.fixture
def cora(ann: Actor, carol: Dealings) -> Dealings:
    """A colleague of Carol's."""
    return dealings(ann, "Cora", carol.records["companies"])


@pytest.fixture
def dan(ann: Actor) -> Dealings:
    company = writing.create(ann, "companies", {"name": "Die Wandernde Kuh"}).id
    return dealings(ann, "Dan", company)


class TestRows:
    @pytest.mark.parametrize("name", [*OBJECTS, "contacts", "companies"])
    def test_own_records_are_seen(self, carol: Dealings, dan: Dealings, name: str) -> None:
        assert reading.fetch(carol.actor, name, carol.records[name]).id == carol.records[name]
        rows = reading.page(carol.actor, name).rows
        assert {row.id for row in rows} == {carol.records[name]}

    @pytest.mark.parametrize("name", [*OBJECTS, "contacts", "companies"])
    def test_foreign_records_do_not_exist(self, carol: Dealings, dan: Dealings, name: str) -> None:
        with pytest.raises(NotFound):
            reading.fetch(carol.actor, name, dan.records[name])
        with pytest.raises(NotFound):
            reading.fetch(carol.actor, name, dan.records[name], trashed=True)
        assert not scope.visible(carol.actor, name, [dan.records[name]])

    @pytest.mark.parametrize("name", OBJECTS)
    def test_colleagues_records_need_the_companys_account(
        self, carol: Dealings, cora: Dealings, name: str
    ) -> None:
        with pytest.raises(NotFound):
            reading.fetch(carol.actor, name, cora.records[name])
        buyer = replace(carol.actor, sees_company=True)
        assert reading.fetch(buyer, name, cora.records[name])
        assert reading.page(buyer, name).count == reading.Count(2, True)

    def test_colleague_himself_stays_unseen(self, carol: Dealings, cora: Dealings) -> None:
        buyer = replace(carol.actor, sees_company=True)
        with pytest.raises(NotFound):
            reading.fetch(buyer, "contacts", cora.records["contacts"])
        seen = reading.fetch(buyer, "orders", cora.records["orders"])
        assert "contact_id" not in seen.labels

    def test_drafts_are_no_orders_yet(self, ann: Actor, carol: Dealings) -> None:
        writing.update(ann, "orders", carol.records["orders"], {"status": "draft"})
        assert not reading.page(carol.actor, "orders").rows
        assert not reading.page(carol.actor, "order_lines").rows

    def test_trash_is_not_seen(self, ann: Actor, carol: Dealings) -> None:
        writing.trash(ann, "orders", carol.records["orders"])
        with pytest.raises(NotFound):
            reading.fetch(carol.actor, "orders", carol.records["orders"], trashed=True)
        assert not reading.page(carol.actor, "orders", Query(trashed=True)).rows

    @pytest.mark.parametrize("name", ["deals", "activities"])
    def test_internal_objects_do_not_exist(self, carol: Dealings, name: str) -> None:
        with pytest.raises(NotFound):
            reading.page(carol.actor, name)

    def test_object_without_a_declaration_is_closed(self, ann: Actor, carol: Dealings) -> None:
        deal = writing.create(ann, "deals", {"name": "Pumps", "contact_id": carol.records["contacts"]})
        entitled = replace(carol.actor, permissions=carol.actor.permissions | {"deals:read"})
        with pytest.raises(NotFound):
            reading.fetch(entitled, "deals", deal.id)

    def test_customer_without_a_contact_sees_nothing(self, carol: Dealings) -> None:
        nobody = replace(carol.actor, id=None)
        assert not reading.page(nobody, "orders").rows


class TestLists:
    def test_related_lists_and_counts_hold_only_own_rows(self, carol: Dealings, cora: Dealings) -> None:
        company = carol.records["companies"]
        assert reading.related(carol.actor, "companies", company, "orders").count == reading.Count(1, True)
        described = scope.seen(carol.actor, registry.get("companies"))
        assert counts.related_counts(carol.actor, described, company)["orders"] == 1
        assert "deals" not in {each.name for each in described.related}

    def test_related_list_of_foreign_record_does_not_exist(self, carol: Dealings, dan: Dealings) -> None:
        with pytest.raises(NotFound):
            reading.related(carol.actor, "orders", dan.records["orders"], "lines")

    def test_search_finds_only_own_records(self, carol: Dealings, dan: Dealings) -> None:
        found = {hit.record_id for hit in finding.find(carol.actor, "Question")}
        assert found == {carol.records["cases"]}
        assert not finding.find(carol.actor, "Dan")

    def test_search_does_not_look_into_hidden_fields(self, ann: Actor, carol: Dealings) -> None:
        assert finding.find(ann, "difficult")
        assert not finding.find(carol.actor, "difficult")
        assert not reading.page(carol.actor, "contacts", Query(search="difficult")).rows

    def test_choices_are_own_records(self, carol: Dealings, dan: Dealings) -> None:
        assert [each.id for each in options(carol.actor, "orders")] == [carol.records["orders"]]

    def test_members_are_no_choice(self, carol: Dealings) -> None:
        with pytest.raises(NotFound):
            options(carol.actor, "members")

    def test_hidden_field_can_be_neither_asked_for_nor_filtered_by(self, carol: Dealings) -> None:
        with pytest.raises(Invalid):
            reading.page(carol.actor, "incidents", Query(fields=["cost"]))
        where = filters.parse_json(registry.get("incidents"), {"field": "cost", "op": "gt", "value": "1"})
        with pytest.raises(Invalid):
            reading.page(carol.actor, "incidents", Query(where=where))


class TestFields:
    @pytest.mark.parametrize("name", [*OBJECTS, "contacts", "companies"])
    def test_record_has_shared_fields_only(self, ann: Actor, carol: Dealings, name: str) -> None:
        seen = reading.fetch(carol.actor, name, carol.records[name])
        described = registry.get(name)
        hidden = {each.name for each in described.fields if each.visibility != "shared"}
        assert not hidden & set(seen.values)
        assert not {"created_by", "updated_by"} & set(seen.values)

    def test_members_and_customers_get_the_same_values(self, ann: Actor, carol: Dealings) -> None:
        for name, record_id in carol.records.items():
            theirs = reading.fetch(carol.actor, name, record_id)
            ours = reading.fetch(ann, name, record_id)
            assert theirs.values == {key: ours[key] for key in theirs.values}

    def test_opinions_stay_inside(self, carol: Dealings) -> None:
        for name, record_id in carol.records.items():
            assert SECRET not in repr(reading.fetch(carol.actor, name, record_id))


class TestHappened:
    def test_timeline_tells_of_own_records(self, ann: Actor, carol: Dealings, cora: Dealings) -> None:
        company = carol.records["companies"]
        told = facts.timeline(carol.actor, [company], limit=100).entries
        about = {entry.record_id for entry in told}
        assert carol.records["orders"] in about
        assert not about & {cora.records[name] for name in OBJECTS}
        assert {entry.actor_name for entry in told} == {""}
        assert "description" not in {change.field for entry in told for change in entry.changes}

    def test_lines_of_a_bulk_change_are_own(self, ann: Actor, carol: Dealings, dan: Dealings) -> None:
        rows = [writing.Row({"ship_to": "Gate 2"}, each.records["orders"]) for each in (carol, dan)]
        writing.write_many(ann, "orders", rows, title="New gate")
        asked = [carol.records["orders"], dan.records["orders"]]
        told = facts.timeline(carol.actor, asked, limit=100).entries
        assert {entry.record_id for entry in told if entry.object == "orders"} == {carol.records["orders"]}
        assert any(entry.bulk for entry in told)

    def test_facts_that_are_not_for_customers_are_left_out(self, ann: Actor, carol: Dealings) -> None:
        facts.record(ann, "noted", "orders", carol.records["orders"], data={"text": SECRET})
        told = facts.timeline(carol.actor, [carol.records["orders"]], limit=100).entries
        assert "noted" not in {entry.verb for entry in told}


class TestWriting:
    def test_own_profile_is_changed(self, carol: Dealings) -> None:
        changed = writing.update(carol.actor, "contacts", carol.records["contacts"], {"city": "Bonn"})
        assert changed["city"] == "Bonn"
        assert "description" not in changed

    @pytest.mark.parametrize(
        "stolen",
        ["owner_id", "company_id", "email", "lifecycle", "description", "legal_basis", "id", "tenant"],
    )
    def test_what_is_not_declared_changes_nothing(self, ann: Actor, carol: Dealings, stolen: str) -> None:
        before = reading.fetch(ann, "contacts", carol.records["contacts"])
        with pytest.raises(Invalid):
            writing.update(carol.actor, "contacts", before.id, {"city": "Bonn", stolen: str(ann.id)})
        assert reading.fetch(ann, "contacts", before.id).values == before.values

    @pytest.mark.parametrize("name", [name for name in OBJECTS if name != "incidents"])
    def test_other_objects_are_read_only(self, carol: Dealings, name: str) -> None:
        entitled = replace(carol.actor, permissions=carol.actor.permissions | {f"{name}:write"})
        for actor in (carol.actor, entitled):
            with pytest.raises(NotAllowed):
                writing.update(actor, name, carol.records[name], {"description": "Free of charge"})
            with pytest.raises(NotAllowed):
                writing.create(actor, name, {"name": "Mine"})

    def test_incident_is_reported_as_ones_own(self, ann: Actor, carol: Dealings) -> None:
        given = {"kind": "damage", "description": "Dented", "delivery_id": carol.records["deliveries"]}
        made = writing.create(carol.actor, "incidents", given)
        stored = reading.fetch(ann, "incidents", made.id)
        assert stored["contact_id"] == carol.actor.id
        assert stored["company_id"] == carol.actor.company_id
        assert stored["opened_door"] == "portal"
        assert stored["order_id"] == carol.records["orders"]

    @pytest.mark.parametrize(
        "stolen", ["severity", "cost", "contact_id", "company_id", "remedy", "resolved_at"]
    )
    def test_incident_takes_no_more_than_is_declared(self, carol: Dealings, stolen: str) -> None:
        with pytest.raises(Invalid):
            writing.create(carol.actor, "incidents", {"kind": "damage", stolen: "1"})

    @pytest.mark.parametrize(
        "field", [("delivery_id", "deliveries"), ("order_id", "orders"), ("order_line_id", "order_lines")]
    )
    def test_incident_points_to_own_records_only(
        self, carol: Dealings, dan: Dealings, field: tuple[str, str]
    ) -> None:
        name, target = field
        with pytest.raises(Invalid):
            writing.create(carol.actor, "incidents", {"kind": "damage", name: dan.records[target]})

    def test_reported_incident_is_the_companys_to_change(self, carol: Dealings) -> None:
        with pytest.raises(NotAllowed):
            writing.update(carol.actor, "incidents", carol.records["incidents"], {"kind": "billing"})

    def test_foreign_record_cannot_be_changed(self, carol: Dealings, dan: Dealings) -> None:
        with pytest.raises(NotFound):
            writing.update(carol.actor, "contacts", dan.records["contacts"], {"city": "Bonn"})
        row = writing.Row({"city": "Bonn"}, dan.records["contacts"])
        assert [each.state for each in writing.write_many(carol.actor, "contacts", [row])] == ["failed"]

    def test_nothing_is_thrown_away_or_taken_back(self, carol: Dealings) -> None:
        with pytest.raises(NotAllowed):
            writing.trash(carol.actor, "incidents", carol.records["incidents"])
        edit = undo.last_edit(carol.records["contacts"]) or UUID(int=0)
        with pytest.raises(NotFound):
            undo.undo(carol.actor, edit)
