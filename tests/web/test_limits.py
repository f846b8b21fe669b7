"""What happens at the limits of a plan, at each door, and what is shown of them before."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, text

from app.core import clock, redis, turnstile
from app.core.clock import now
from app.core.errors import LimitReached
from app.core.queue import LIMITS
from app.domain.imports.rules.limits import ROWS
from app.domain.notices.models import Notice
from app.domain.plans import actions, figures, queries, rules, usage
from app.domain.upkeep import measuring
from tenants import catalogue
from tenants.context import STATEMENT_TIMEOUT_MS, entered
from tenants.engines import engines
from tenants.session import session, unit_of_work
from tests import work
from tests.api.programs import program
from tests.cast import ANN, RITA, Workspace
from tests.conftest import S3
from tests.domain.files.sending import announce
from tests.visitor import Visitor
from tests.web.test_imports import bring, plan_form
from tests.web.test_settings import form

Limit = Callable[..., None]


@pytest.fixture
def limit(app: Flask, nordwind: Workspace) -> Limit:
    """limit(records=3, ...): from now on Nordwind may have no more."""

    def set_to(**limits: int) -> None:
        with app.app_context(), unit_of_work():
            actions.give(nordwind.tenant, "unlimited", limits)
        catalogue.forget()
        figures.forget()

    redis.client().flushdb()
    return set_to


@pytest.fixture
def noon(nordwind: Workspace) -> Iterator[None]:
    """No day ends within the test."""
    with clock.frozen(now().replace(hour=12)):
        yield


def test_records_stop_at_the_limit_for_members_and_programs(
    app: Flask, nordwind: Workspace, bob: Visitor, limit: Limit
) -> None:
    limit(records=2)
    assert bob.post("/contacts", {"last_name": "One"}).status_code == 303
    script = program(app, nordwind)
    wanted = {"atomic": True, "records": [{"last_name": "Two"}, {"last_name": "Three"}]}
    refused = script.post("/contacts/batch", wanted)
    assert refused.status_code == 403, refused.text
    assert refused.json["type"].endswith("/problems/limit_reached")
    assert refused.json["limit"] == {"kind": "records", "used": 1, "limit": 2}
    assert "room for 2 records, and there are 1" in refused.json["detail"]
    assert script.post("/contacts", {"last_name": "Two"}).status_code == 201
    told = bob.post("/contacts", {"last_name": "Three"})
    assert (told.status_code, "Retry-After" in told.headers) == (403, False)
    assert script.get("/contacts").json["data"][1:] != []
    assert len(script.get("/contacts").json["data"]) == 2


def test_what_is_deleted_makes_room(app: Flask, nordwind: Workspace, limit: Limit) -> None:
    limit(records=1)
    script = program(app, nordwind)
    one = script.post("/contacts", {"last_name": "One"}).json["id"]
    assert script.post("/contacts", {"last_name": "Two"}).status_code == 403
    assert script.delete(f"/contacts/{one}").status_code == 204
    assert script.post("/contacts", {"last_name": "Two"}).status_code == 201


def test_an_import_says_beforehand_that_it_does_not_fit(
    app: Flask, bob: Visitor, limit: Limit, s3: S3
) -> None:
    limit(records=2)
    address = bring(bob, b"Vorname,Nachname\nAda,Alt\nBea,Blau\nCy,Calm\n")
    work.work_off(app)
    page = bob.get(address).text
    assert "3" in page
    assert 'role="alert"' in page
    start = plan_form(page) | {"start": "1"}
    assert "/jobs/" not in bob.post(f"{address}/plan", start).headers["Location"]
    limit(records=3)
    assert "/jobs/" in bob.post(f"{address}/plan", start).headers["Location"]


def test_seats_are_kept_for_those_who_are_invited(ann: Visitor, limit: Limit) -> None:
    limit(members=6)
    ask = {"role": "member", "emails": "one@nordwind.example, two@nordwind.example"}
    assert ann.post("/members/invitations", ask).status_code == 200
    refused = ann.post("/members/invitations", {"role": "member", "emails": "three@nordwind.example"})
    assert refused.status_code == 403
    assert "6" in refused.text
    # Somebody who is invited already takes no second place.
    assert ann.post("/members/invitations", ask).status_code == 200


def test_files_stop_at_the_limit(app: Flask, nordwind: Workspace, limit: Limit, s3: S3) -> None:
    limit(storage_bytes=100)
    with app.app_context(), entered(catalogue.by_id(nordwind.tenant.id)):
        announce(nordwind.actor(ANN), "a.txt", b"x" * 60)
        with pytest.raises(LimitReached) as refused:
            announce(nordwind.actor(ANN), "b.txt", b"x" * 60)
    assert refused.value.data == {"used": "60 B", "limit": "100 B"}


@pytest.mark.usefixtures("noon")
def test_calls_of_a_day_are_counted_and_held(app: Flask, nordwind: Workspace, limit: Limit) -> None:
    limit(api_calls=3)
    script = program(app, nordwind)
    answers = [script.get("/contacts") for _ in range(4)]
    assert [each.status_code for each in answers] == [200, 200, 200, 429]
    assert int(answers[3].headers["Retry-After"]) <= 86_400
    with app.app_context(), unit_of_work(read_only=True):
        assert figures.exact(nordwind.tenant, "api_calls") == 3


def test_mails_beyond_the_day_wait_for_the_next(
    app: Flask, nordwind: Workspace, ann: Visitor, limit: Limit
) -> None:
    limit(mails=0)
    ann.post("/members/invitations", {"role": "member", "emails": "one@nordwind.example"})
    work.work_off(app)
    with engines().tenant(nordwind.tenant).connect() as connection, entered(nordwind.tenant):
        rows = text("SELECT state, due_at FROM kith.outbox WHERE name = 'mail.send'")
        waiting = connection.execute(rows).all()
    assert [row.state for row in waiting] == ["staged"]
    assert timedelta(0) < waiting[0].due_at - now() <= timedelta(days=1, minutes=1)


@pytest.mark.usefixtures("noon")
def test_counts_reach_the_books_once(app: Flask, nordwind: Workspace) -> None:
    redis.client().flushdb()
    with app.app_context(), entered(nordwind.tenant):
        for _ in range(5):
            usage.count("requests")
        usage.count("job_seconds", 0.4)
        usage.count("job_seconds", 0.7)
        usage.flush()
        assert usage.gathered(nordwind.tenant, "requests") == 5
        usage.write_down()
        usage.count("requests", 2)
        usage.flush()
        usage.write_down()
        assert usage.write_down() == 0
        with unit_of_work(read_only=True):
            written = [queries.written(nordwind.tenant.id, each, now().date()) for each in
                       ("requests", "job_seconds")]  # fmt: skip
    assert written == [7, 1]


def test_owners_and_admins_are_told_once_before_the_limit(
    app: Flask, nordwind: Workspace, limit: Limit
) -> None:
    limit(members=5)
    for _ in range(2):
        with app.app_context(), entered(catalogue.by_id(nordwind.tenant.id)), unit_of_work():
            measuring.measure()
    with app.app_context(), entered(nordwind.tenant), unit_of_work(read_only=True):
        told = session.execute(select(Notice.member_id, Notice.data)).all()
        assert queries.measured(nordwind.tenant.id)["members"] == 4
    assert {row.member_id for row in told} == {nordwind.members[each.email] for each in (ANN, RITA)}
    assert told[0].data == {"what": "Members", "percent": 80, "used": "4", "limit": "5"}


def test_page_shows_figures_and_what_happens(ann: Visitor, bob: Visitor, limit: Limit) -> None:
    limit(members=4, records=1000)
    page = ann.get("/settings/plan")
    assert page.status_code == 200
    assert '<progress value="4" max="4"' in page.text
    assert bob.get("/settings/plan").status_code == 403
    assert "/settings/plan" in ann.get("/settings").text


def test_page_shows_the_technical_limits(app: Flask, ann: Visitor) -> None:
    german = technical_limits(ann)
    assert german["Zeilen eines Imports"] == f"{ROWS:,}".replace(",", ".")
    ann.post("/settings", form(language="en"))
    told = technical_limits(ann)
    assert told["One question to the database"] == f"{STATEMENT_TIMEOUT_MS // 1000} s"
    assert told["Requests at once"] == f"{turnstile.PLACES} at work, {turnstile.LINE} in line"
    jobs = [LIMITS[queue].per_tenant for queue in ("fast", "bulk", "mail")]
    assert told["Jobs at once"] == "{} quick, {} long, {} mails".format(*jobs)
    assert told["Rows of one import"] == f"{ROWS:,}"
    assert told["File of an import"] == "512 MB"
    assert told["One file"] == f"{app.extensions['kith'].file_megabytes} MB"
    assert set(german).isdisjoint(told)


def technical_limits(visitor: Visitor) -> dict[str, str]:
    """Label and figure of each, as the page shows them."""
    page = visitor.get("/settings/plan").text
    section = page.partition('id="technical"')[2].partition("</section>")[0]
    found = re.findall(r'<strong>(.*?)</strong><span class="num">(.*?)</span>', section)
    return {label: figure.replace("\N{NO-BREAK SPACE}", " ") for label, figure in found}


def test_me_tells_limits_and_usage(app: Flask, nordwind: Workspace, limit: Limit) -> None:
    limit(members=9, api_calls_minute=77)
    told = program(app, nordwind).get("/me").json
    assert (told["limits"]["requests_per_minute"], told["limits"]["members"]) == (77, 9)
    assert told["usage"]["members"] == 4
    assert set(told["usage"]) == {each.name for each in rules.KINDS if each.per != "minute"}


def test_own_limits_go_before_the_plans(app: Flask, nordwind: Workspace) -> None:
    with app.app_context(), unit_of_work():
        actions.give(nordwind.tenant, "start", {"members": None})
    present = catalogue.by_id(nordwind.tenant.id)
    assert present
    found = [queries.limit(present, kind) for kind in ("members", "records", "storage_bytes")]
    assert found == [None, 10_000, 5 * 1024**3]
