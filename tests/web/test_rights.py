"""Roles and teams as administrators set them, and what a member with limits meets at every door."""

from dataclasses import dataclass
from uuid import UUID

import pytest
from flask import Flask

from app.core.grants import ANY, VERBS
from app.domain.access import explaining
from app.domain.members import actions as members
from app.domain.members import roles, teams
from app.domain.members.models import Member
from app.records import writing
from tenants.context import entered
from tenants.session import session, unit_of_work
from tests.api.programs import Program, program
from tests.cast import ANN, BOB, RALF, RITA, Workspace
from tests.visitor import Visitor, signed_in

ABILITIES = ("messages:read", "messages:write", "members:read", "jobs:read")


def at(level: str, **verbs: str) -> dict[str, str]:
    return {**dict.fromkeys(VERBS, level), **verbs}


@dataclass(frozen=True)
class Office:
    """Nordwind where Bob has own records only: a company and an order of his, and those of Ann."""

    workspace: Workspace
    role: UUID
    team: UUID
    mine: UUID
    theirs: UUID
    our_order: UUID
    their_order: UUID


@pytest.fixture
def office(app: Flask, nordwind: Workspace) -> Office:
    ann, bob = nordwind.actor(ANN), nordwind.members[BOB.email]
    with app.app_context(), entered(nordwind.tenant), unit_of_work():
        role = roles.create(ann, roles.Told("Field force", objects={ANY: at("own")}, permissions=ABILITIES))
        members.change_role(ann, bob, "custom", [role.id])
        team = teams.create(ann, "West")
        firms = [
            writing.create(ann, "companies", {"name": f"Pumpen {name}", "owner_id": owner}).id
            for name, owner in (("Nord", bob), ("Geheim", ann.id))
        ]
        orders = [
            writing.create(ann, "orders", {"number": f"G-{at}", "company_id": firm, "status": "placed"}).id
            for at, firm in enumerate(firms)
        ]
        return Office(nordwind, role.id, team.id, *firms, *orders)


@pytest.fixture
def bob(app: Flask, office: Office) -> Visitor:
    return signed_in(app, office.workspace, BOB)


@pytest.fixture
def rita(app: Flask, office: Office) -> Visitor:
    return signed_in(app, office.workspace, RITA)


@pytest.fixture
def script(app: Flask, office: Office) -> Program:
    """An app that Bob let in, with every scope."""
    return program(app, office.workspace, person=BOB)


class TestDoors:
    def test_pages_show_what_is_in_reach(self, bob: Visitor, office: Office) -> None:
        for path in (
            "/companies",
            "/companies?q=Pumpen",
            "/orders",
            "/find?q=Pumpen",
            "/options/companies?q=P",
            "/",
        ):
            page = bob.get(path)
            assert page.status_code == 200, path
            assert "Geheim" not in page.text, path
        assert "Pumpen Nord" in bob.get("/companies").text
        assert bob.get(f"/companies/{office.mine}").status_code == 200
        assert bob.get(f"/orders/{office.our_order}").status_code == 200

    @pytest.mark.parametrize("end", ["", "/edit", "/timeline", "?tab=files", "?tab=messages", "/fields/name"])
    def test_what_is_out_of_reach_is_not_there(self, bob: Visitor, office: Office, end: str) -> None:
        for address in (f"/companies/{office.theirs}", f"/orders/{office.their_order}"):
            assert bob.get(address + end).status_code == 404

    def test_forms_change_nothing_out_of_reach(self, bob: Visitor, office: Office) -> None:
        address = f"/companies/{office.theirs}"
        assert bob.post(address, {"name": "Meins"}).status_code == 404
        assert bob.post(f"{address}/trash").status_code == 404
        assert bob.post("/orders", {"company_id": str(office.theirs)}).status_code == 422

    def test_api_is_held_to_the_members_rights(self, script: Program, office: Office) -> None:
        listed = script.get("/companies").json["data"]
        assert [each["id"] for each in listed] == [str(office.mine)]
        theirs = f"/companies/{office.theirs}"
        assert script.get(theirs).status_code == 404
        assert script.patch(theirs, {"city": "Bonn"}).status_code == 404
        assert script.delete(theirs).status_code == 404
        found = script.get("/orders?expand=company").json["data"]
        assert [each["company"]["id"] for each in found] == [str(office.mine)]
        batch = script.post("/companies/batch", {"records": [{"id": str(office.theirs), "city": "Bonn"}]})
        assert "Geheim" not in batch.text
        changes = script.get("/changes?limit=1000").text
        assert "Geheim" not in changes
        assert "Pumpen Nord" in changes

    def test_rights_end_with_the_role(self, app: Flask, bob: Visitor, office: Office) -> None:
        nordwind = office.workspace
        with app.app_context(), entered(nordwind.tenant), unit_of_work():
            told = roles.Told("Field force", objects={ANY: at("own"), "companies": at("none")})
            roles.change(nordwind.actor(ANN), office.role, told)
        assert bob.get("/companies").status_code == 404


class TestTeams:
    def test_team_reaches_those_below(self, app: Flask, bob: Visitor, office: Office) -> None:
        nordwind, ann = office.workspace, office.workspace.actor(ANN)
        with app.app_context(), entered(nordwind.tenant), unit_of_work():
            told = roles.Told("Field force", objects={ANY: at("team")}, permissions=ABILITIES)
            roles.change(ann, office.role, told)
            below = teams.create(ann, "Cologne", office.team)
            teams.seat(ann, office.team, {nordwind.members[BOB.email]})
            teams.seat(ann, below.id, {nordwind.members[ANN.email]})
        assert bob.get(f"/companies/{office.theirs}").status_code == 200
        with app.app_context(), entered(nordwind.tenant), unit_of_work():
            teams.change(ann, below.id, "Cologne", None)
        assert bob.get(f"/companies/{office.theirs}").status_code == 404

    def test_team_is_made_and_filled_on_its_page(self, rita: Visitor, office: Office) -> None:
        ralf = str(office.workspace.members[RALF.email])
        page = rita.follow(rita.post("/settings/teams", {"name": "East", "parent_id": str(office.team)}))
        assert page.status_code == 200
        assert rita.post(page.request.path, {"name": "East", "members": ralf}).status_code == 303
        assert "Ralf Reiter" in rita.get("/settings/teams").text
        ring = rita.post(f"/settings/teams/{office.team}", {"name": "West", "parent_id": str(office.team)})
        assert ring.status_code == 422


class TestRoles:
    def test_role_is_made_on_its_page(self, rita: Visitor, app: Flask, office: Office) -> None:
        form = {
            "name": "Warehouse",
            f"objects/{ANY}/read": "all",
            "objects/deals/read": "none",
            "fields/companies/city": "hide",
            "permissions": "members:read",
        }
        assert rita.post("/settings/roles", form).status_code == 303
        with app.app_context(), entered(office.workspace.tenant), unit_of_work():
            role = next(each for each in roles.every() if each.name == "Warehouse")
            assert role.objects == {ANY: {"read": "all"}, "deals": {"read": "none"}}
            assert role.fields == {"companies": {"city": "hide"}}
            address = f"/settings/roles/{role.id}"
        assert "Warehouse" in rita.get("/settings/roles").text
        assert rita.get(address).status_code == 200
        assert rita.post(address, form | {"fields/companies/name": "hide"}).status_code == 422

    def test_change_of_a_role_is_taken_back(self, rita: Visitor, app: Flask, office: Office) -> None:
        assert rita.post(f"/settings/roles/{office.role}", {"name": "Nobody"}).status_code == 303
        with app.app_context(), entered(office.workspace.tenant), unit_of_work():
            fact = roles.last_change(office.role)
        assert rita.post(f"/settings/roles/changes/{fact}/reversal").status_code == 303
        with app.app_context(), entered(office.workspace.tenant), unit_of_work():
            role = roles.get(office.role)
            assert (role.name, role.objects[ANY]["read"]) == ("Field force", "own")

    def test_role_in_use_stays(self, rita: Visitor, app: Flask, office: Office) -> None:
        rita.post(f"/settings/roles/{office.role}/removal")
        with app.app_context(), entered(office.workspace.tenant), unit_of_work():
            assert roles.get(office.role)

    def test_member_gets_roles_on_a_page(self, rita: Visitor, app: Flask, office: Office) -> None:
        ralf = office.workspace.members[RALF.email]
        assert rita.get(f"/members/{ralf}/roles").status_code == 200
        form = {"role": "custom", "own": "1", "role_ids": str(office.role)}
        assert rita.post(f"/members/{ralf}/role", form).status_code == 303
        with app.app_context(), entered(office.workspace.tenant), unit_of_work():
            member = session.get_one(Member, ralf)
            assert (member.role, member.role_ids) == ("custom", [office.role])
        assert rita.post(f"/members/{ralf}/role", {"role": "custom", "own": "1"}).status_code == 422


class TestWhy:
    def test_page_tells_who_and_why(self, rita: Visitor, office: Office) -> None:
        bob = office.workspace.members[BOB.email]
        page = rita.get(f"/companies/{office.theirs}/access?member={bob}").text
        for name in (ANN, BOB, RITA):
            assert name.name in page
        assert "Field force" in page
        assert rita.get(f"/companies/{office.theirs}").text.count("/access") == 1

    def test_answer_is_the_policys_own(self, app: Flask, office: Office) -> None:
        ann, bob = office.workspace.actor(ANN), office.workspace.members[BOB.email]

        def why(name: str, record_id: UUID) -> tuple[bool, str]:
            found = explaining.explain(ann, name, record_id, bob)
            return "read" in found.may, found.reasons[0].message

        with app.app_context(), entered(office.workspace.tenant):
            assert why("companies", office.mine) == (True, explaining._OWNER)
            assert why("companies", office.theirs) == (False, explaining._ANOTHERS)
            assert why("orders", office.our_order) == (True, explaining._PARENT)
            assert why("orders", office.their_order) == (False, explaining._NOBODYS)
            session.remove()
