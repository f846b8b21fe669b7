"""A member with limits sees, finds and writes as far as the roles reach, and not a word beyond."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from werkzeug.datastructures import MultiDict

from app.core.actor import Actor
from app.core.errors import Invalid, NotAllowed, NotFound
from app.core.grants import ANY, VERBS
from app.domain.members import rights
from app.domain.standing import lists, nav, queries
from app.records import (
    counts,
    documents,
    facts,
    fences,
    filters,
    finding,
    labels,
    reading,
    registry,
    scope,
    undo,
    upserting,
    watching,
    writing,
)
from app.records.options import options
from app.records.reading import Query
from app.records.trashing import Bulk, trash_many
from tenants.session import session

Limited = Callable[..., Actor]
OTHERS = ("ralf", "ann")


def at(level: str, **verbs: str) -> dict[str, str]:
    """Every verb at one level, some at others."""
    return {**dict.fromkeys(VERBS, level), **verbs}


@pytest.fixture
def limited(bob: Actor) -> Limited:
    """Bob with one role of the company's own, and nothing beside it."""

    def made(levels: Mapping[str, Any], *mates: Actor, fields: Mapping[str, Any] | None = None) -> Actor:
        role = {"objects": levels, "fields": fields or {}, "permissions": ["messages:read", "members:read"]}
        held = rights.resolved("custom", [role])
        with_whom = frozenset(each.id for each in mates if each.id)
        grants = replace(held.grants, mates=with_whom) if held.grants else None
        return replace(bob, permissions=held.permissions, grants=grants, role="custom")

    return made


@pytest.fixture
def owners(ann: Actor, bob: Actor, ralf: Actor) -> dict[str, Actor]:
    return {"bob": bob, "ralf": ralf, "ann": ann}


@pytest.fixture
def firms(ann: Actor, owners: dict[str, Actor]) -> dict[str, UUID]:
    """A company of Bob's, one of Ralf's, and one of Ann's."""
    return {
        name: writing.create(ann, "companies", {"name": f"Pumpen {name}", "owner_id": who.id}).id
        for name, who in owners.items()
    }


class TestRows:
    @pytest.mark.parametrize(
        ("level", "seen"), [("own", {"bob"}), ("team", {"bob", "ralf"}), ("all", {"bob", "ralf", "ann"})]
    )
    def test_level_decides_which_rows_exist(
        self, level: str, seen: set[str], limited: Limited, firms: dict[str, UUID], ralf: Actor
    ) -> None:
        who = limited({ANY: at("all"), "companies": at(level)}, ralf)
        wanted = {firms[name] for name in seen}
        page = reading.page(who, "companies", Query(limit=200))
        assert {row.id for row in page.rows} & set(firms.values()) == wanted
        assert page.count == reading.Count(len(page.rows), exact=True)
        assert {hit.record_id for hit in finding.find(who, "Pumpen")} & set(firms.values()) == wanted
        assert {each.id for each in options(who, "companies", "Pumpen")} & set(firms.values()) == wanted
        assert set(labels.titles_of(who, "companies", list(firms.values()))) == wanted

    def test_record_beyond_reach_is_not_there(self, limited: Limited, firms: dict[str, UUID]) -> None:
        who = limited({ANY: at("all"), "companies": at("own")})
        for read in (reading.fetch, documents.one):
            assert read(who, "companies", firms["bob"])
            for name in OTHERS:
                with pytest.raises(NotFound):
                    read(who, "companies", firms[name])

    def test_object_with_level_none_is_not_there(self, limited: Limited) -> None:
        who = limited({ANY: at("all"), "companies": at("none")})
        with pytest.raises(NotFound):
            reading.page(who, "companies")
        assert "companies:read" not in who.permissions

    def test_record_without_owner_follows_its_company(
        self, ann: Actor, limited: Limited, firms: dict[str, UUID]
    ) -> None:
        who = limited({ANY: at("own")})
        orders = {
            name: writing.create(ann, "orders", {"company_id": firm, "status": "placed"}).id
            for name, firm in firms.items()
        }
        line = writing.create(ann, "order_lines", {"order_id": orders["bob"], "quantity": 1}).id
        hidden = writing.create(ann, "order_lines", {"order_id": orders["ann"], "quantity": 1}).id
        assert [row.id for row in reading.page(who, "orders").rows] == [orders["bob"]]
        assert [row.id for row in reading.page(who, "order_lines").rows] == [line]
        with pytest.raises(NotFound):
            reading.fetch(who, "order_lines", hidden)

    def test_owner_goes_before_the_company(
        self, ann: Actor, limited: Limited, firms: dict[str, UUID]
    ) -> None:
        who = limited({ANY: at("own")})
        values = {"company_id": firms["bob"], "owner_id": ann.id, "status": "placed"}
        writing.create(ann, "orders", values)
        assert reading.page(who, "orders").rows == []

    def test_activity_is_seen_with_its_record_whoever_owns_it(
        self, ann: Actor, limited: Limited, firms: dict[str, UUID]
    ) -> None:
        who = limited({ANY: at("own")})
        mine, theirs = (
            writing.create(
                ann, "activities", {"subject": "Call", "company_id": firms[name], "owner_id": ann.id}
            ).id
            for name in ("bob", "ann")
        )
        assert [row.id for row in reading.page(who, "activities").rows] == [mine]
        with pytest.raises(NotFound):
            reading.fetch(who, "activities", theirs)

    def test_name_of_an_unseen_record_is_not_told(
        self, ann: Actor, limited: Limited, firms: dict[str, UUID]
    ) -> None:
        who = limited({ANY: at("all"), "companies": at("own")})
        contact = writing.create(ann, "contacts", {"last_name": "Otto", "company_id": firms["ann"]}).id
        assert "company_id" not in reading.fetch(who, "contacts", contact).labels
        whole = documents.one(who, "contacts", contact, expand=["company"]).json
        assert "Pumpen" not in whole
        assert '"company":null' in whole
        assert "Pumpen" in documents.one(ann, "contacts", contact, expand=["company"]).json

    def test_counts_on_tabs_are_of_what_is_seen(
        self, ann: Actor, limited: Limited, firms: dict[str, UUID]
    ) -> None:
        who = limited({ANY: at("own"), "companies": at("all")})
        for owner in (who, ann):
            writing.create(ann, "deals", {"name": "D", "company_id": firms["ann"], "owner_id": owner.id})
        described = registry.get("companies")
        assert counts.related_counts(who, described, firms["ann"])["deals"] == 1
        assert counts.related_counts(ann, described, firms["ann"])["deals"] == 2


class TestWriting:
    def test_stranger_changes_nothing(self, limited: Limited, firms: dict[str, UUID]) -> None:
        who = limited({ANY: at("own")})
        for act in (
            lambda: writing.update(who, "companies", firms["ann"], {"city": "Bonn"}),
            lambda: writing.trash(who, "companies", firms["ann"]),
        ):
            with pytest.raises(NotFound):
                act()
        rows = [writing.Row({"city": "Bonn"}, firms[name]) for name in ("ann", "bob")]
        assert [each.state for each in writing.write_many(who, "companies", rows)] == ["failed", "updated"]
        gone = trash_many(who, "companies", [firms["ann"]], Bulk("x"))
        assert [each.state for each in gone] == ["failed"]

    def test_what_is_only_seen_is_refused(self, limited: Limited, firms: dict[str, UUID]) -> None:
        who = limited({ANY: at("own", read="all")})
        for act in (
            lambda: writing.update(who, "companies", firms["ann"], {"city": "Bonn"}),
            lambda: writing.trash(who, "companies", firms["ann"]),
        ):
            with pytest.raises(NotAllowed):
                act()
        rows = [writing.Row({"city": "Bonn"}, firms["ann"])]
        assert writing.write_many(who, "companies", rows)[0].problems[0].code == "not_allowed"

    def test_new_record_is_the_writers_own(self, ann: Actor, limited: Limited, ralf: Actor) -> None:
        who = limited({ANY: at("own")})
        assert writing.create(who, "companies", {"name": "Neu"})["owner_id"] == who.id
        with pytest.raises(Invalid):
            writing.create(who, "companies", {"name": "Neu", "owner_id": ralf.id})
        team = limited({ANY: at("team")}, ralf)
        assert writing.create(team, "companies", {"name": "Neu", "owner_id": ralf.id})["owner_id"] == ralf.id

    def test_level_none_creates_nothing(self, limited: Limited, firms: dict[str, UUID]) -> None:
        who = limited({ANY: at("all"), "companies": at("all", create="none")})
        with pytest.raises(NotAllowed):
            writing.create(who, "companies", {"name": "Neu"})
        assert writing.update(who, "companies", firms["ann"], {"city": "Bonn"})["city"] == "Bonn"

    def test_nobody_points_to_what_is_not_seen(self, limited: Limited, firms: dict[str, UUID]) -> None:
        who = limited({ANY: at("own")})
        with pytest.raises(Invalid) as refused:
            writing.create(who, "contacts", {"last_name": "Otto", "company_id": firms["ann"]})
        assert refused.value.problems[0].code == "not_found"
        rows = [writing.Row({"last_name": "Otto", "company_id": firms[name]}) for name in ("ann", "bob")]
        assert [each.state for each in writing.write_many(who, "contacts", rows)] == ["failed", "created"]

    def test_who_holds_a_value_is_not_told(self, ann: Actor, limited: Limited) -> None:
        who = limited({ANY: at("own")})
        writing.create(ann, "contacts", {"last_name": "Geheim", "email": "geheim@x.example"})
        for act in (
            lambda: writing.create(who, "contacts", {"last_name": "A", "email": "geheim@x.example"}),
            lambda: upserting.upsert(who, "contacts", "email", "geheim@x.example", {"last_name": "A"}),
        ):
            with pytest.raises((Invalid, NotFound)) as refused:
                act()
            assert "Geheim" not in str(getattr(refused.value, "problems", ""))

    def test_undo_is_for_what_one_may_change(
        self, ann: Actor, limited: Limited, firms: dict[str, UUID]
    ) -> None:
        writing.update(ann, "companies", firms["ann"], {"city": "Bonn"})
        fact = undo.last_edit(firms["ann"])
        assert fact is not None
        with pytest.raises(NotFound):
            undo.undo(limited({ANY: at("own")}), fact)
        with pytest.raises(NotAllowed):
            undo.undo(limited({ANY: at("own", read="all")}), fact)
        with pytest.raises(NotAllowed):
            undo.undo(limited({ANY: at("all")}, fields={"companies": {"city": "lock"}}), fact)


class TestFields:
    @pytest.fixture
    def blind(self, limited: Limited) -> Actor:
        """Who sees everything but cities and e-mails."""
        hidden = {"companies": {"city": "hide"}, "contacts": {"email": "hide", "emails": "hide"}}
        return limited({ANY: at("all")}, fields=hidden)

    def test_hidden_field_is_nowhere(self, ann: Actor, blind: Actor) -> None:
        firm = writing.create(ann, "companies", {"name": "Pumpen", "city": "Wuppertal"}).id
        contact = writing.create(ann, "contacts", {"last_name": "Otto", "email": "otto@x.example"}).id
        assert "city" not in reading.fetch(blind, "companies", firm)
        assert "Wuppertal" not in documents.one(blind, "companies", firm).json
        assert "otto@" not in documents.one(blind, "contacts", contact).json
        assert "otto@" not in str(reading.fetch(blind, "contacts", contact))
        for typed in ("Wuppertal", "otto@x.example"):
            assert finding.find(ann, typed)
            assert finding.find(blind, typed) == []
        assert all("Wuppertal" not in hit.subtitle for hit in finding.find(blind, "Pumpen"))
        assert not reading.page(blind, "companies", Query(search="Wuppertal")).rows
        with pytest.raises(Invalid):
            filters.parse_params(_seen(blind, "companies"), MultiDict([("filter[city]", "Wuppertal")]))
        with pytest.raises(Invalid):
            reading.page(blind, "companies", Query(sort="city"))

    def test_hidden_field_is_not_told_of(self, ann: Actor, blind: Actor) -> None:
        firm = writing.create(ann, "companies", {"name": "Pumpen", "city": "Bonn"}).id
        writing.update(ann, "companies", firm, {"city": "Wuppertal"})
        assert "Wuppertal" in str(facts.timeline(ann, [firm]))
        told = str(facts.timeline(blind, [firm]))
        assert "Wuppertal" not in told
        assert "city" not in told

    def test_field_that_is_hidden_or_locked_is_not_written(self, ann: Actor, limited: Limited) -> None:
        firm = writing.create(ann, "companies", {"name": "Pumpen", "city": "Bonn", "domain": "p.example"})
        who = limited({ANY: at("all")}, fields={"companies": {"city": "hide", "domain": "lock"}})
        for field, code in (("city", "unknown_field"), ("domain", "read_only")):
            with pytest.raises(Invalid) as refused:
                writing.update(who, "companies", firm.id, {field: "other.example"})
            assert refused.value.problems[0].code == code
        assert reading.fetch(who, "companies", firm.id)["domain"] == "p.example"

    def test_amount_that_is_hidden_counts_nowhere(self, ann: Actor, limited: Limited) -> None:
        who = limited({ANY: at("all")}, fields={"deals": {"amount": "hide"}})
        writing.create(ann, "deals", {"name": "D", "amount": "77", "currency": "EUR"})
        statement = text("SELECT sum(amount) FROM deals")
        assert session.scalar(fences.within(ann, statement)) == 77
        assert session.scalar(fences.within(who, statement)) is None


class TestBeside:
    def test_timeline_tells_of_what_is_seen(
        self, ann: Actor, limited: Limited, firms: dict[str, UUID]
    ) -> None:
        who = limited({ANY: at("own"), "companies": at("all")})
        for owner, name in ((who, "Meins"), (ann, "Deins")):
            values = {"name": name, "company_id": firms["ann"], "owner_id": owner.id}
            writing.create(ann, "deals", values)
        rows = [writing.Row({"name": "Viele", "company_id": firms["ann"]})]
        writing.write_many(ann, "deals", rows, title="Deals")
        told = str(facts.timeline(who, [firms["ann"]]))
        assert "Meins" in told
        assert "Deins" not in told
        assert "Viele" not in told

    def test_signs_are_of_what_is_seen(self, limited: Limited, firms: dict[str, UUID]) -> None:
        who = limited({ANY: at("own")})
        told = [_sign(firms["ann"]), _sign(firms["bob"]), _sign(None, frozenset(firms.values()))]
        assert [(each.id, each.about) for each in watching.seen(who, told)] == [
            (firms["bob"], frozenset()),
            (None, frozenset({firms["bob"]})),
        ]

    def test_standing_is_of_what_is_seen(self, ann: Actor, limited: Limited, firms: dict[str, UUID]) -> None:
        who = limited({ANY: at("own"), "companies": at("all")})
        for owner in (ann, who):
            values = {"kind": "quality", "company_id": firms["ann"], "owner_id": owner.id, "severity": 2}
            writing.create(ann, "incidents", {**values, "subject": f"Incident of {owner.name}"})
        customer = queries.Customer(firms["ann"])
        assert len(queries.standing(customer, ann).troubles) == 2
        (only,) = queries.standing(customer, who).troubles
        assert only.link.id in {row.id for row in reading.page(who, "incidents").rows}
        assert lists.summaries("company_id", [firms["ann"]], who)[firms["ann"]].incidents == 1
        assert nav.counts(who.member_id, who).incidents == 1
        assert nav.counts(who.member_id, ann).incidents == 2


def test_no_limits_are_today_s_statements(
    ann: Actor, bob: Actor, limited: Limited, firms: dict[str, UUID]
) -> None:
    assert limited({ANY: at("all")}).grants is None
    statement = text("SELECT 1 FROM companies")
    assert fences.within(ann, statement) is statement


def _sign(record_id: UUID | None, about: frozenset[UUID] = frozenset()) -> watching.Sign:
    return watching.Sign(
        record_id or UUID(int=0),
        "updated",
        "companies",
        record_id,
        1,
        about,
        1 if record_id else 3,
        frozenset(),
    )


def _seen(who: Actor, name: str) -> Any:
    return scope.seen(who, registry.get(name))
