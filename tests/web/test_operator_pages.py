"""The operator's pages: nothing for everybody else, figures and acts for who runs the installation."""

from datetime import timedelta
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import text, update

from app.core.clock import now
from app.domain.identities.models import IdentitySession
from app.domain.operators import people
from app.domain.operators.actions import By
from app.domain.plans import usage
from tenants import catalogue
from tenants.context import entered
from tenants.engines import engines
from tenants.session import session, unit_of_work
from tests.cast import KIM, PASSWORD, Workspace
from tests.statements import counted
from tests.visitor import BASE, Visitor


def facts() -> list[str]:
    with engines().control.begin() as connection:
        return list(connection.scalars(text("SELECT verb FROM kith.operator_facts ORDER BY at, id")))


def pages(app: Flask) -> list[tuple[str, str]]:
    """Every route of the operator's blueprint."""
    known = {"slug": "nordwind", "place": "control", "job_id": uuid4(), "access_id": uuid4()}
    known["operation_id"] = uuid4()
    found = []
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith("operator."):
            values = {name: known[name] for name in rule.arguments}
            path = app.url_map.bind("localhost:8000").build(rule.endpoint, values)
            found += [(method, path) for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}]
    return sorted(found)


def test_everybody_else_finds_nothing(app: Flask, ann: Visitor, visitor: Visitor) -> None:
    ann.host = BASE
    found = pages(app)
    assert len(found) > 15
    for method, path in found:
        for stranger in (ann, visitor):
            answer = stranger.get(path) if method == "GET" else stranger.post(path)
            assert (method, path, answer.status_code) == (method, path, 404)


def test_pages_are_on_the_base_host_only(kim: Visitor) -> None:
    kim.host = "http://kestrel.localhost:8000"
    assert kim.get("/operator").status_code == 404


def test_every_page_opens(app: Flask, kim: Visitor) -> None:
    for path in ("", "/tenants", "/tenants/nordwind", "/slow", "/support", "/maintenance", "/password"):
        answer = kim.get(f"/operator{path}")
        assert (path, answer.status_code) == (path, 200)
    assert "cell-1" in kim.get("/operator").text


def test_states_and_acts_are_told_in_german(kim: Visitor) -> None:
    assert ">offen<" in kim.get("/operator?lang=de").text
    kim.post("/operator/tenants/nordwind/support", {"reason": "Import klemmt", "minutes": "45"})
    page = kim.get("/operator/tenants/nordwind?lang=de").text
    assert "Grund: Import klemmt" in page
    assert "Minuten: 45" in page
    assert "minutes:" not in page
    assert 'href="/operator"' in kim.get("/workspaces").text


def test_password_is_asked_after_an_hour(app: Flask, kim: Visitor) -> None:
    with app.app_context(), unit_of_work():
        session.execute(update(IdentitySession).values(created_at=now() - timedelta(minutes=61)))
    answer = kim.get("/operator/tenants")
    assert answer.headers["Location"] == "/operator/password?next=/operator/tenants"
    assert kim.post("/operator/tenants/nordwind/suspension").status_code == 403

    assert kim.post("/operator/password", {"password": "wrong"}).status_code == 422
    given = kim.post("/operator/password", {"password": PASSWORD, "next": "//evil.example"})
    assert given.headers["Location"] == "/operator"
    assert kim.get("/operator/tenants").status_code == 200
    assert "operator.proven" in facts()


def test_no_operator_any_more_is_out_at_once(app: Flask, kim: Visitor) -> None:
    with app.app_context(), unit_of_work():
        people.remove(KIM.email, By())
    assert kim.get("/operator").status_code == 404


def test_list_is_one_statement_whatever_its_length(kim: Visitor) -> None:
    kim.get("/operator/tenants")
    with counted() as ran:
        answer = kim.get("/operator/tenants")

    assert "nordwind" in answer.text
    # Who is in, whether an operator, whether proven; the page and its count.
    assert len(ran) == 5


def test_list_is_searched_and_goes_on_by_key(kim: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.domain.operators.companies.companies.__defaults__", ("", "", "", 1))
    first = kim.get("/operator/tenants").text

    assert ("kestrel" in first, "/operator/tenants/nordwind" in first) == (True, False)
    assert "after=kestrel" in first
    assert "/operator/tenants/nordwind" in kim.get("/operator/tenants?after=kestrel").text
    assert "/operator/tenants/nordwind" in kim.get("/operator/tenants?q=ordwin").text
    assert "/operator/tenants/nordwind" not in kim.get("/operator/tenants?state=suspended").text


def test_suspending_closes_doors_and_is_written_down(kim: Visitor, ann: Visitor) -> None:
    kim.post("/operator/tenants/nordwind/suspension", {"reason": "Unpaid since spring"})
    assert ann.get("/contacts").status_code == 503
    page = kim.get("/operator/tenants/nordwind").text
    assert "Unpaid since spring" in page
    assert "<strong>Suspended</strong>" in page

    kim.post("/operator/tenants/nordwind/suspension/end")
    assert ann.get("/contacts").status_code == 200
    assert [verb for verb in facts() if verb.startswith("tenant.")] == ["tenant.suspended", "tenant.resumed"]


def test_plan_is_given_by_the_page(kim: Visitor, nordwind: Workspace) -> None:
    assert kim.post("/operator/tenants/nordwind/plan", {"plan": "nonsense"}).status_code == 404
    assert kim.post("/operator/tenants/nordwind/plan", {"plan": "unlimited"}).status_code == 303
    tenant = catalogue.by_slug("nordwind")
    assert tenant is not None
    assert tenant.plan == "unlimited"
    assert "tenant.plan_given" in facts()


def test_dead_job_is_tried_again_or_dropped(kim: Visitor, nordwind: Workspace) -> None:
    with engines().control.begin() as connection:
        for number in (1, 2):
            connection.execute(
                text(
                    "INSERT INTO control_outbox (id, name, state, error)"
                    " VALUES (:id, 'mail.send', 'dead', :why)"
                ),
                {"id": uuid4(), "why": f"SMTP refused it {number} times"},
            )
    page = kim.get("/operator").text
    assert "SMTP refused it 2 times" in page
    paths = sorted({part.split('"')[0] for part in page.split('action="')[1:] if "/dead/" in part})
    again, dropped = paths[0].rsplit("/", 1)[0], paths[-1].rsplit("/", 1)[0]
    assert kim.post(f"{again}/attempts").status_code == 303
    assert kim.post(f"{dropped}/removal").status_code == 303
    assert kim.post(f"{dropped}/removal").status_code == 404

    with engines().control.begin() as connection:
        states = connection.scalars(text("SELECT state FROM control_outbox")).all()
    assert states == ["staged"]
    assert {"job.tried_again", "job.dropped"} <= set(facts())


def test_slow_company_comes_with_advice(kim: Visitor, nordwind: Workspace) -> None:
    usage.measure(
        nordwind.tenant.id, {"requests": 100, "request_ms": 90_000, "database_ms": 80_000, "records": 500_000}
    )
    page = kim.get("/operator/slow").text
    assert "marked sortable" in page
    assert "900" in page


def test_time_of_pages_is_counted(app: Flask, ann: Visitor, nordwind: Workspace) -> None:
    ann.get("/contacts")
    with app.app_context(), entered(nordwind.tenant):
        held = [key for key in usage._held if key[1] == "request_ms"]
        assert held or usage.gathered(nordwind.tenant, "request_ms") > 0
