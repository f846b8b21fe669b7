"""Refresh tokens: each good once; a second use ends the whole family."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from flask import Flask
from sqlalchemy import text

from app.core import clock
from tenants.context import entered
from tenants.session import session, unit_of_work
from tests.api.oauth.flows import Registered, register
from tests.api.oauth.test_codes import lets_in
from tests.cast import BOB, Workspace
from tests.visitor import Visitor


def test_refresh_rotates(app: Flask, web: Registered, nordwind: Workspace, ann: Visitor) -> None:
    first = web.tokens(ann)
    second = web.refresh(first["refresh_token"]).json or {}
    assert second["refresh_token"] != first["refresh_token"]
    assert lets_in(app, nordwind, second["access_token"])


def test_second_use_ends_the_family(app: Flask, web: Registered, nordwind: Workspace, ann: Visitor) -> None:
    first = web.tokens(ann)
    second = web.refresh(first["refresh_token"]).json or {}
    assert (web.refresh(first["refresh_token"]).json or {})["error"] == "invalid_grant"
    assert web.refresh(second["refresh_token"]).status_code == 400
    assert not lets_in(app, nordwind, second["access_token"])
    assert not lets_in(app, nordwind, first["access_token"])
    with app.app_context(), entered(nordwind.tenant), unit_of_work(read_only=True):
        facts = (
            session.execute(text("SELECT data FROM facts WHERE verb = 'app.tokens_revoked'")).scalars().all()
        )
    assert [fact["reused"] for fact in facts] == ["refresh_token"]


def test_other_families_live_on(app: Flask, web: Registered, nordwind: Workspace, ann: Visitor) -> None:
    phone, laptop = web.tokens(ann), web.tokens(ann)
    web.refresh(phone["refresh_token"])
    web.refresh(phone["refresh_token"])
    assert lets_in(app, nordwind, laptop["access_token"])


def test_two_at_once_end_the_family(web: Registered, ann: Visitor) -> None:
    first = web.tokens(ann)
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda _: web.refresh(first["refresh_token"]), range(2)))
    assert sorted(answer.status_code for answer in answers) == [200, 400]
    won = next(answer.json or {} for answer in answers if answer.status_code == 200)
    assert web.refresh(won["refresh_token"]).status_code == 400


def test_scope_may_narrow_and_never_widens(web: Registered, ann: Visitor) -> None:
    first = web.tokens(ann, scope="contacts:read companies:read")
    narrow = web.refresh(first["refresh_token"], scope="contacts:read").json or {}
    assert narrow["scope"] == "contacts:read"
    wide = web.refresh(narrow["refresh_token"], scope="contacts:read contacts:write")
    assert (wide.json or {})["error"] == "invalid_scope"
    again = web.refresh(narrow["refresh_token"]).json or {}
    assert again["scope"] == "contacts:read companies:read"


def test_token_of_another_app_is_refused(
    app: Flask, web: Registered, nordwind: Workspace, ann: Visitor
) -> None:
    first = web.tokens(ann)
    other = register(app, nordwind, "web", name="Other")
    assert (other.refresh(first["refresh_token"]).json or {})["error"] == "invalid_grant"
    assert web.refresh(first["refresh_token"]).status_code == 200


def test_unused_for_a_month_it_ends(web: Registered, ann: Visitor) -> None:
    first = web.tokens(ann)
    with clock.frozen(clock.now() + timedelta(days=30, seconds=1)):
        assert web.refresh(first["refresh_token"]).status_code == 400


def test_however_often_renewed_it_ends_in_half_a_year(web: Registered, ann: Visitor) -> None:
    start, token = clock.now(), web.tokens(ann)["refresh_token"]
    for day in range(25, 181, 25):
        with clock.frozen(start + timedelta(days=day)):
            token = (web.refresh(token).json or {})["refresh_token"]
    with clock.frozen(start + timedelta(days=181)):
        assert web.refresh(token).status_code == 400


def test_access_token_lives_an_hour(app: Flask, web: Registered, nordwind: Workspace, ann: Visitor) -> None:
    token = web.tokens(ann)["access_token"]
    with clock.frozen(clock.now() + timedelta(minutes=59)):
        assert lets_in(app, nordwind, token)
    with clock.frozen(clock.now() + timedelta(minutes=61)):
        assert not lets_in(app, nordwind, token)


def test_removed_member_has_no_token(app: Flask, web: Registered, nordwind: Workspace, bob: Visitor) -> None:
    given = web.tokens(bob)
    with app.app_context(), entered(nordwind.tenant), unit_of_work():
        session.execute(
            text("UPDATE members SET removed_at = now() WHERE id = :id"), {"id": nordwind.members[BOB.email]}
        )
    assert not lets_in(app, nordwind, given["access_token"])
    assert web.refresh(given["refresh_token"]).status_code == 400
