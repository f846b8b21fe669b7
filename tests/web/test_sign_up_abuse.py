"""What keeps programs and swarms from signing up."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from flask import Flask

from app.config import Settings
from app.core import process
from app.core.clock import now
from app.core.errors import LimitReached
from app.core.ids import new_id
from app.domain.identities import attempts, trust
from app.domain.identities.rules import normal_email
from app.domain.plans import queries as plans
from app.domain.signup import rules
from tenants import catalogue
from tests.cast import Workspace
from tests.visitor import BASE, Visitor
from tests.web.signing_up import form, settled

FEW = 4


@pytest.fixture
def few(app: Flask, settings: Settings, ground_floor: None) -> Iterator[None]:
    """An installation that takes few companies an hour."""
    process.configure(replace(settings, signups_per_hour=FEW))
    yield
    process.configure(settings)


def sign_up_from(address: str, email: str) -> None:
    assert normal_email(email) == email
    attempts.sign_up(email, address)


def test_all_together_are_limited(few: None) -> None:
    for number in range(FEW):
        sign_up_from(f"198.51.{number}.1", f"ann@company-{number}.example")
    with pytest.raises(LimitReached) as refused:
        sign_up_from("203.0.113.9", "kim@other.example")
    assert refused.value.retry_after is not None
    assert refused.value.retry_after > 3000


@pytest.mark.parametrize(
    ("first", "second"), [("192.0.2.1", "192.0.2.200"), ("2001:db8:1:100::1", "2001:db8:1:1ff::9")]
)
def test_neighbours_are_one_network(first: str, second: str) -> None:
    assert attempts.wide_network_of(first) == attempts.wide_network_of(second)
    assert attempts.network_of(first) != attempts.network_of(second)


def test_one_domain_takes_half_at_most(few: None) -> None:
    for number in range(FEW // 2):
        sign_up_from(f"198.51.{number}.1", f"a{number}@one.example")
    with pytest.raises(LimitReached):
        sign_up_from("203.0.113.9", "b@one.example")


def test_field_that_nobody_sees_stays_empty(visitor: Visitor) -> None:
    page = visitor.get("/sign-up").text
    assert 'name="nickname" tabindex="-1"' in page
    answer = visitor.post("/sign-up", form(nickname="Bob"))
    assert answer.status_code == 422
    assert catalogue.by_slug("nordwind-gmbh") is None


def test_form_that_took_no_time_is_sent_again(
    app: Flask, visitor: Visitor, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.extensions, "kith", replace(settings, signup_seconds=2))
    typed, opened = form(), now()
    visitor.host = BASE
    monkeypatch.setattr("app.web.entrance.now", lambda: opened + timedelta(seconds=1))
    answer = visitor.post("/sign-up", typed)
    assert answer.status_code == 422
    assert typed["signup_id"] in answer.text

    monkeypatch.setattr("app.web.entrance.now", lambda: opened + timedelta(seconds=3))
    assert visitor.post("/sign-up", typed).status_code == 303


def test_id_of_no_form_tells_no_time() -> None:
    assert rules.robot_problem("", new_id(), now() + timedelta(seconds=3), 2) is None
    assert rules.robot_problem("", uuid4(), now() + timedelta(seconds=3), 2) is not None
    assert rules.robot_problem("", new_id(), now(), 0) is None


def test_unconfirmed_company_sends_few_mails(visitor: Visitor, nordwind: Workspace) -> None:
    settled(visitor, slug="newcomer", email="new@newcomer.example")
    newcomer = catalogue.by_slug("newcomer")
    assert newcomer is not None
    assert plans.limit(newcomer, "mails") == trust.UNCONFIRMED_MAILS
    assert plans.limit(newcomer, "records") is None
    assert plans.limit(nordwind.tenant, "mails") is None
