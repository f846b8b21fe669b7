"""Signing up behind the doors: what the command and the demo use."""

from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from app.config import Settings
from app.core import process
from app.core.clock import now
from app.core.errors import Invalid
from app.core.ids import new_id
from app.domain.deals.models import Pipeline, Stage
from app.domain.members import queries as members
from app.domain.signup.actions import SignedUp, create_workspace, suggest_address
from app.domain.signup.rules import Request
from app.domain.workspace import queries as workspace
from app.domain.workspace.rules import Workspace
from app.records.tables import Fact
from tenants.catalogue import by_slug
from tenants.context import entered
from tenants.session import session, unit_of_work
from tests.mailbox import control_mails

REQUEST = Request("Nordwind GmbH", "Ann Berg", "Ann@Nordwind.example", "wandern im harz", "nordwind")


def made(app: Flask, request: Request = REQUEST, **options: object) -> SignedUp:
    with app.app_context(), unit_of_work():
        return create_workspace(request, **options)  # type: ignore[arg-type]


def test_workspace_is_furnished(app: Flask, ground_floor: None) -> None:
    tenant = made(app, is_confirmed=True).tenant
    with app.app_context(), entered(tenant):
        (owner,) = members.active()
        assert (owner.role, owner.email, owner.name) == ("owner", "ann@nordwind.example", "Ann Berg")
        assert workspace.setting("company") == "Nordwind GmbH"
        assert session.query(Stage).count() == 5
    assert by_slug("nordwind") is not None


def test_a_company_begins_with_the_plan_of_the_installation(
    app: Flask, ground_floor: None, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    made(app, is_confirmed=True)
    monkeypatch.setattr(process, "_settings", replace(settings, plan="trial"))
    made(app, replace(REQUEST, slug="kestrel", email="kim@kestrel.example"), is_confirmed=True)
    free, trying = by_slug("nordwind"), by_slug("kestrel")
    assert free
    assert trying
    assert (free.state, free.plan, free.trial_ends_at) == ("active", "unlimited", None)
    assert (trying.state, trying.plan, trying.limits["members"]) == ("trial", "trial", 10)
    assert trying.trial_ends_at
    assert trying.trial_ends_at - now() > timedelta(days=29)


def test_confirmed_owner_gets_no_mail(app: Flask, ground_floor: None) -> None:
    made(app, is_confirmed=True)
    assert control_mails() == []


def test_same_sign_up_gets_the_same_workspace(app: Flask, ground_floor: None) -> None:
    signup_id = new_id()
    first, again = made(app, signup_id=signup_id), made(app, signup_id=signup_id)
    assert first.tenant.id == again.tenant.id
    assert first.member.id == again.member.id


def test_log_says_once_that_the_owner_joined(app: Flask, ground_floor: None) -> None:
    signup_id = new_id()
    tenant = made(app, signup_id=signup_id).tenant
    made(app, signup_id=signup_id)
    with app.app_context(), entered(tenant):
        (fact,) = session.scalars(select(Fact))
        (owner,) = members.active()
    assert (fact.verb, fact.record_id, fact.actor_id, fact.about) == (
        "member.joined",
        owner.id,
        owner.id,
        [owner.id],
    )
    assert fact.data == {"role": "owner", "invited_by": ""}


PIPELINES = {
    "en": ["Sales", "Qualified", "Proposal", "Negotiation", "Won", "Lost"],
    "de": ["Vertrieb", "Qualifiziert", "Angebot", "Verhandlung", "Gewonnen", "Verloren"],
}


def pipeline() -> list[str]:
    stages = session.scalars(select(Stage.name).order_by(Stage.position))
    return [*session.scalars(select(Pipeline.name)), *stages]


@pytest.mark.parametrize("language", PIPELINES)
def test_pipeline_speaks_the_company_s_language(app: Flask, ground_floor: None, language: str) -> None:
    tenant = made(app, replace(REQUEST, workspace=Workspace(language=language))).tenant
    with app.app_context(), entered(tenant):
        assert pipeline() == PIPELINES[language]
        assert workspace.setting("language") == language


def test_same_sign_up_changes_nothing_that_stands(app: Flask, ground_floor: None) -> None:
    signup_id, german = new_id(), replace(REQUEST, workspace=Workspace(language="de"))
    tenant = made(app, german, signup_id=signup_id).tenant
    with app.app_context(), entered(tenant), unit_of_work():
        session.execute(update(Pipeline).values(name="Sales"))
    made(app, replace(german, workspace=Workspace(currency="CHF")), signup_id=signup_id)
    with app.app_context(), entered(tenant):
        assert pipeline() == ["Sales", *PIPELINES["de"][1:]]
        assert workspace.setting("currency") == "EUR"


def test_same_sign_up_by_somebody_else_is_another(app: Flask, ground_floor: None) -> None:
    signup_id = new_id()
    made(app, signup_id=signup_id)
    other = replace(REQUEST, email="eva@other.example", password="drei kleine tannen", slug="other")
    assert made(app, other, signup_id=signup_id).tenant.slug == "other"


def test_one_owner_may_have_several_workspaces(app: Flask, ground_floor: None) -> None:
    first = made(app, is_confirmed=True)
    second = made(app, replace(REQUEST, slug="sudwind"), is_confirmed=True)
    assert first.identity.id == second.identity.id


def test_operator_does_not_override_a_password(app: Flask, ground_floor: None) -> None:
    made(app, is_confirmed=True)
    with pytest.raises(Invalid):
        made(app, replace(REQUEST, slug="sudwind", password="another three words"), is_confirmed=True)


def test_names_every_problem_at_once(app: Flask, ground_floor: None) -> None:
    with pytest.raises(Invalid) as refused:
        made(app, Request("", "", "", "", ""))
    assert {problem.path for problem in refused.value.problems} >= {
        "company",
        "name",
        "email",
        "password",
        "slug",
    }


def test_suggested_address_is_free(app: Flask, ground_floor: None) -> None:
    made(app, is_confirmed=True)
    assert suggest_address("Nordwind GmbH") == "nordwind-2"
    assert suggest_address("?!") == ""
