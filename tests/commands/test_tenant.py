"""The operator's verbs about companies."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import select

from app.commands.tenant import command
from app.domain.identities.models import Identity
from app.domain.members.models import Member
from stack.errors import StackError
from tenants import catalogue
from tenants.context import entered
from tenants.session import session
from tests.cast import ANN, PASSWORD
from tests.conftest import MakeTenant

Run = Callable[..., Any]
CREATE = ("create", "--slug", "nordwind", "--name", "Nordwind GmbH", "--owner-email", ANN.email)


@pytest.fixture
def run(environ: dict[str, str], ground_floor: None, monkeypatch: pytest.MonkeyPatch) -> Run:
    """run(*arguments, input=None) -> what the command printed as JSON."""
    for name, value in environ.items():
        monkeypatch.setenv(name, value)

    def call(*arguments: str, **options: Any) -> Any:
        result = CliRunner().invoke(command, [*arguments, "--json"], catch_exceptions=False, **options)
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout)

    return call


def test_created_company_has_a_confirmed_owner(run: Run, app: Flask) -> None:
    told = run(*CREATE, "--owner-password", PASSWORD)

    tenant = catalogue.by_slug("nordwind")
    assert tenant is not None
    assert told == {"id": str(tenant.id), "slug": "nordwind", "url": "http://nordwind.localhost:8000"}
    assert tenant.state == "active"
    with app.app_context(), entered(tenant):
        member = session.scalars(select(Member)).one()
        identity = session.get(Identity, member.identity_id)
    assert (member.role, member.email, member.name) == ("owner", ANN.email, "Ann Berg")
    assert identity is not None
    assert identity.confirmed_at is not None


def test_password_may_come_by_standard_input(run: Run) -> None:
    assert run(*CREATE, input=PASSWORD + "\n")["slug"] == "nordwind"


def test_refusal_is_one_sentence(run: Run) -> None:
    run(*CREATE, "--owner-password", PASSWORD)

    with pytest.raises(StackError, match="slug: Another company has this address"):
        run(*CREATE, "--owner-password", PASSWORD)


def test_list_tells_of_companies_and_of_no_spares(run: Run, make_tenant: MakeTenant) -> None:
    make_tenant("nordwind")
    make_tenant("kestrel", "Kestrel Ltd")

    assert [(row["slug"], row["state"]) for row in run("list")] == [
        ("nordwind", "active"),
        ("kestrel", "active"),
    ]


def test_show_tells_where_a_company_lives(run: Run, make_tenant: MakeTenant) -> None:
    tenant = make_tenant("nordwind")
    told = run("show", "nordwind")

    assert (told["schema"], told["cell"], told["url"]) == (
        tenant.schema,
        "cell-1",
        "http://nordwind.localhost:8000",
    )


def test_suspension_can_be_undone(run: Run, make_tenant: MakeTenant) -> None:
    make_tenant("nordwind")

    assert run("suspend", "nordwind")["state"] == "suspended"
    assert run("suspend", "nordwind", "--undo")["state"] == "active"
    with pytest.raises(StackError, match="not suspended"):
        run("suspend", "nordwind", "--undo")


def test_unknown_company_is_said_so(run: Run) -> None:
    with pytest.raises(StackError, match="no workspace nobody"):
        run("show", "nobody")
