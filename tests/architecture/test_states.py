"""What each state of a company lets through, at every door and for every address of the map."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app.domain.plans import policy
from app.ui import marks
from tenants import catalogue, provisioning
from tenants.context import Tenant
from tests.api.programs import Program, program
from tests.architecture.entries import ENTRIES
from tests.architecture.routes import Owned, requests
from tests.cast import ANN, BOB, Workspace
from tests.portal import customers
from tests.visitor import Visitor, signed_in

OPEN, READS, HELD, CLOSED = "open", "reads", "held", "closed"
# What is to be so, written down apart from the table that makes it so.
STATES = {
    "trial": OPEN, "active": OPEN, "past_due": OPEN, "read_only": READS, "frozen": HELD,
    "moving": CLOSED, "claimed": CLOSED, "suspended": CLOSED, "deleting": CLOSED,
    "upgrading": CLOSED, "maintenance": CLOSED,
}  # fmt: skip
_IS_READ_ONLY = re.compile(r"<h1>[^<]*(read-only|nur lesen)")
PASSING = {"frozen", "moving", "claimed", "upgrading", "maintenance"}
OVERLAID = {"upgrading", "maintenance"}


@dataclass(frozen=True)
class Doors:
    """One signed-in browser or program for each door."""

    ann: Visitor
    bob: Visitor
    carol: Visitor
    script: Program


@pytest.fixture
def doors(app: Flask, nordwind: Workspace) -> Doors:
    company = customers.company(app, nordwind, "Meyer Maschinenbau")
    carol = customers.visit(app, customers.settle(app, nordwind, "Carol Meyer", company))
    return Doors(signed_in(app, nordwind, ANN), signed_in(app, nordwind, BOB), carol, program(app, nordwind))


@pytest.fixture(params=list(STATES))
def state(
    request: pytest.FixtureRequest, nordwind: Workspace, doors: Doors, monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    name = str(request.param)
    if name in OVERLAID:
        monkeypatch.setattr(policy, "_overlays", [lambda tenant: name])
    else:
        provisioning.set_state(nordwind.tenant, name)
    catalogue.forget()
    yield name
    provisioning.set_state(nordwind.tenant, "active")


def is_refused(answer: TestResponse, state: str) -> bool:
    """Whether the state was the reason, and the answer says when to come again where that helps."""
    if answer.status_code == 503:
        assert ("Retry-After" in answer.headers) is (state in PASSING)
        return True
    return answer.status_code == 403 and _IS_READ_ONLY.search(answer.text) is not None


def test_every_state_is_in_the_table() -> None:
    assert set(policy.TABLE) == set(STATES)


def test_members_read_where_the_state_lets_them(state: str, doors: Doors) -> None:
    kind = STATES[state]
    for path in ("/contacts", "/settings", "/notices"):
        answer = doors.bob.get(path)
        assert answer.status_code == (503 if kind == CLOSED else 200), path
    made = doors.bob.post("/contacts", {"last_name": "Neu"})
    assert made.status_code == {OPEN: 303, READS: 403, HELD: 503, CLOSED: 503}[kind]


def test_customers_read_and_never_of_bills(state: str, doors: Doors) -> None:
    kind = STATES[state]
    answer = doors.carol.get("/orders")
    assert answer.status_code == (503 if kind == CLOSED else 200)
    told = doors.carol.post("/messages", {"body": "Hallo", "subject": "Frage"})
    assert told.status_code == {OPEN: 303, READS: 403, HELD: 503, CLOSED: 503}[kind]
    for words in (answer.text, told.text):
        assert not any(word in words for word in ("Plan", "plan ", "Rechnung", "invoice", "bezahl", "trial"))


def test_programs_read_where_the_state_lets_them(state: str, doors: Doors) -> None:
    kind = STATES[state]
    read = doors.script.get("/contacts")
    wrote = doors.script.post("/contacts", {"last_name": "Neu"})
    assert read.status_code == (503 if kind in {CLOSED, HELD} else 200)
    assert wrote.status_code == {OPEN: 201, READS: 403, HELD: 503, CLOSED: 503}[kind]
    if kind == READS:
        assert wrote.json["type"].endswith("/problems/read_only")
    if kind == CLOSED:
        assert read.json["type"].endswith("/problems/closed")


@pytest.mark.parametrize("state", ["read_only", "frozen", "suspended"], indirect=True)
def test_no_address_of_the_map_is_forgotten(app: Flask, state: str, doors: Doors) -> None:
    kind = STATES[state]
    for one in requests(app, Owned.nothing()):
        if one.method == "GET" or ENTRIES[one.endpoint, one.method].leaves:
            continue
        if one.method == "POST":
            answer = doors.ann.post(one.path)
        else:
            headers = {"X-CSRF-Token": doors.ann.token(), "Origin": doors.ann.host}
            answer = doors.ann._open(one.method, one.path, data={}, headers=headers)
        is_always = marks.has(app, f"workspace.{one.endpoint}", "always")
        assert is_refused(answer, state) is (kind != READS or not is_always), one


@pytest.mark.parametrize("state", ["suspended"], indirect=True)
def test_a_reason_is_for_members_only(app: Flask, state: str, nordwind: Workspace, doors: Doors) -> None:
    provisioning.set_state(nordwind.tenant, "suspended", "Asked for by the company itself.")
    stranger = Visitor(app, doors.ann.host)
    assert "Asked for by the company itself." in doors.ann.get("/").text
    assert "Asked for" not in stranger.get("/").text
    assert "Asked for" not in doors.carol.get("/").text


def test_a_state_that_ends_leads_back(nordwind: Workspace) -> None:
    def now_is() -> Tenant:
        found = catalogue.by_id(nordwind.tenant.id)
        assert found
        return found

    provisioning.set_state(nordwind.tenant, "past_due", "unpaid:2026-00001")
    provisioning.set_state(nordwind.tenant, "suspended", "why")
    provisioning.set_state(nordwind.tenant, "moving")
    assert now_is().state == "moving"
    provisioning.go_back(nordwind.tenant)
    assert (now_is().state, now_is().reason) == ("past_due", "")
    provisioning.set_state(nordwind.tenant, "read_only", only_from={"trial"})
    assert now_is().state == "past_due"
