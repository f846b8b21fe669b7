"""Support in a workspace: only with a reason, the company's yes and for a time; all of it in its own log."""

from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import text, update
from werkzeug.test import TestResponse

from app.core.clock import now
from app.domain.notices.models import Notice
from app.domain.operators import people, support
from app.domain.operators.actions import By
from app.domain.operators.models import SupportAccess
from tenants.context import entered
from tenants.engines import engines
from tenants.session import session, unit_of_work
from tests.cast import ANN, BOB, KIM, Workspace
from tests.visitor import BASE, Visitor, signed_in

REASON = "The import of Tuesday lost two columns"
NAME = "Kith support (Kim Park)"


@pytest.fixture
def asked(app: Flask, kim: Visitor, nordwind: Workspace) -> UUID:
    answer = kim.post("/operator/tenants/nordwind/support", {"reason": REASON, "minutes": "30"})
    assert answer.status_code == 303
    with app.app_context(), unit_of_work(read_only=True):
        return support.of_tenant(nordwind.tenant.id)[0].id


@pytest.fixture
def granted(ann: Visitor, asked: UUID) -> UUID:
    assert ann.post(f"/settings/support/{asked}/answer", {"answer": "read"}).status_code == 303
    return asked


def go_in(kim: Visitor, access: UUID) -> TestResponse:
    kim.host = BASE
    return kim.follow(kim.get(f"/operator/tenants/nordwind/support/{access}/entry"))


def log(app: Flask, workspace: Workspace) -> list[tuple[str, str, str]]:
    with app.app_context(), entered(workspace.tenant), unit_of_work(read_only=True):
        rows = session.execute(
            text("SELECT verb, actor_name, door FROM facts WHERE verb LIKE 'support.%' ORDER BY xid, id")
        )
        return [tuple(row) for row in rows]


def operator_facts() -> list[str]:
    query = "SELECT verb FROM kith.operator_facts WHERE verb LIKE 'support.%' ORDER BY at, id"
    with engines().control.begin() as connection:
        return list(connection.scalars(text(query)))


def test_owners_and_admins_are_asked_with_the_reason(
    app: Flask, ann: Visitor, nordwind: Workspace, asked: UUID
) -> None:
    assert REASON in ann.get("/settings/support").text
    with app.app_context(), entered(nordwind.tenant), unit_of_work(read_only=True):
        assert session.query(Notice).filter_by(kind="support_asked").count() == 2
    assert REASON in ann.get("/notices").text


@pytest.mark.parametrize("form", [{"reason": "", "minutes": "30"}, {"reason": "x", "minutes": "100000"}])
def test_asking_takes_a_reason_and_a_time(kim: Visitor, form: dict[str, str]) -> None:
    assert kim.post("/operator/tenants/nordwind/support", form).status_code == 422


def test_nobody_is_in_before_the_company_says_yes(kim: Visitor, asked: UUID) -> None:
    assert go_in(kim, asked).status_code == 404
    assert kim.get(f"{BASE.replace('localhost', 'nordwind.localhost')}/contacts").status_code in {302, 303}


def test_refused_stays_outside(kim: Visitor, ann: Visitor, asked: UUID) -> None:
    ann.post(f"/settings/support/{asked}/answer", {"answer": "refuse"})
    assert go_in(kim, asked).status_code == 404
    assert ann.post(f"/settings/support/{asked}/answer", {"answer": "read"}).status_code == 409


def test_member_without_the_right_answers_nothing(app: Flask, nordwind: Workspace, asked: UUID) -> None:
    bob = signed_in(app, nordwind, BOB)
    assert bob.get("/settings/support").status_code == 403
    assert bob.post(f"/settings/support/{asked}/answer", {"answer": "write"}).status_code == 403


def test_visit_reads_and_is_seen_by_everybody(
    app: Flask, kim: Visitor, nordwind: Workspace, granted: UUID
) -> None:
    page = go_in(kim, granted)
    assert page.status_code == 200
    assert f"You are in as {NAME}" in page.text
    for path in ("/contacts", "/messages", "/notices", "/jobs", "/members", "/settings"):
        assert (path, kim.get(path).status_code) == (path, 200)
    assert KIM.name in signed_in(app, nordwind, BOB).get("/contacts").text


@pytest.mark.parametrize(
    "path",
    ["/members/invitations", "/settings", "/settings/plan", "/contacts", "/apps", "/profile"],
)
def test_reading_visit_changes_nothing(kim: Visitor, granted: UUID, path: str) -> None:
    go_in(kim, granted)
    assert kim.post(path, {"last_name": "X", "emails": "x@example.org"}).status_code in {403, 404, 405}


def test_visit_that_may_work_is_named_in_the_log(
    app: Flask, kim: Visitor, ann: Visitor, nordwind: Workspace, asked: UUID
) -> None:
    ann.post(f"/settings/support/{asked}/answer", {"answer": "write"})
    go_in(kim, asked)
    assert kim.post("/contacts", {"last_name": "Otto"}).status_code == 303
    assert kim.get("/settings/plan").status_code == 403
    assert kim.get("/settings/support").status_code == 403
    assert kim.post("/settings", {"company": "Mine"}).status_code == 403

    with app.app_context(), entered(nordwind.tenant), unit_of_work(read_only=True):
        query = "SELECT actor_kind, actor_name, door FROM facts WHERE object = 'contacts'"
        told = session.execute(text(query)).one()
    assert tuple(told) == ("support", NAME, "web")


def test_whole_visit_is_in_both_logs(
    app: Flask, kim: Visitor, ann: Visitor, nordwind: Workspace, granted: UUID
) -> None:
    go_in(kim, granted)
    left = kim.post("/support/leave")
    assert left.headers["Location"] == f"{BASE}/operator/tenants/nordwind"
    assert kim.get("/contacts").status_code in {302, 303}

    assert log(app, nordwind) == [
        ("support.asked", NAME, "web"),
        ("support.granted", ANN.name, "web"),
        ("support.entered", NAME, "web"),
        ("support.ended", NAME, "web"),
    ]
    assert operator_facts() == ["support.asked", "support.granted", "support.entered", "support.ended"]
    assert NAME not in ann.get("/contacts").text


def test_company_ends_it_at_once(kim: Visitor, ann: Visitor, granted: UUID) -> None:
    go_in(kim, granted)
    ann.post(f"/settings/support/{granted}/end")
    assert kim.get("/contacts").status_code in {302, 303}


def expired(app: Flask, access: UUID) -> None:
    past = now() - timedelta(seconds=1)
    with app.app_context(), unit_of_work():
        session.execute(update(SupportAccess).where(SupportAccess.id == access).values(expires_at=past))


def test_time_is_over_at_the_very_next_request(
    app: Flask, kim: Visitor, nordwind: Workspace, granted: UUID
) -> None:
    go_in(kim, granted)
    expired(app, granted)
    assert kim.get("/contacts").status_code in {302, 303}

    with app.app_context(), entered(nordwind.tenant), unit_of_work():
        support.expire(granted)
    assert log(app, nordwind)[-1] == ("support.ended", "Kith", "clock")


@pytest.mark.parametrize("how", ["signs out", "is no operator any more"])
def test_visit_ends_with_its_operator(app: Flask, kim: Visitor, granted: UUID, how: str) -> None:
    go_in(kim, granted)
    if how == "signs out":
        kim.post(f"{BASE}/sign-out")
    else:
        with app.app_context(), unit_of_work():
            people.remove(KIM.email, By())
    kim.host = BASE.replace("localhost", "nordwind.localhost")
    assert kim.get("/contacts").status_code in {302, 303}


def test_code_lets_in_only_the_browser_that_fetched_it(app: Flask, kim: Visitor, granted: UUID) -> None:
    nordwind = BASE.replace("localhost", "nordwind.localhost")
    fetched = kim.get(f"{nordwind}/support/enter?access={granted}")
    given = kim.get(fetched.headers["Location"]).headers["Location"]

    assert Visitor(app, nordwind).get(given).status_code == 404
    assert kim.get(given).status_code == 303
    assert kim.get(given).status_code == 404


def test_other_operator_cannot_use_it(
    app: Flask, kim: Visitor, kestrel: Workspace, granted: UUID, ann: Visitor
) -> None:
    with app.app_context(), unit_of_work():
        people.add(ANN.email, By())
    ann.host = BASE
    assert ann.get(f"/operator/tenants/nordwind/support/{granted}/entry?mark=x").status_code == 404


def test_clock_will_close_what_is_over(app: Flask, nordwind: Workspace, granted: UUID) -> None:
    with app.app_context(), entered(nordwind.tenant), unit_of_work(read_only=True):
        due = session.scalar(text("SELECT due_at FROM kith.outbox WHERE name = 'support.end'"))
        assert due == session.get_one(SupportAccess, granted).expires_at
