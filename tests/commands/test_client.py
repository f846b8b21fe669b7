"""The operator's verb for OAuth clients."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask

from app.commands.client import command
from stack.errors import StackError
from tests.api.oauth.flows import Registered
from tests.conftest import MakeTenant

Run = Callable[..., Any]
CREATE = ("create", "--tenant", "nordwind", "--name", "Nightly export", "--grant", "client_credentials")


@pytest.fixture
def run(environ: dict[str, str], make_tenant: MakeTenant, monkeypatch: pytest.MonkeyPatch) -> Run:
    """run(*arguments) -> what the command printed as JSON; Nordwind has signed up."""
    make_tenant("nordwind")
    for name, value in environ.items():
        monkeypatch.setenv(name, value)

    def call(*arguments: str) -> Any:
        result = CliRunner().invoke(command, [*arguments, "--json"], catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout)

    return call


def test_client_gets_its_token(run: Run, app: Flask) -> None:
    told = run(*CREATE, "--scopes", "contacts:read contacts:write")

    assert set(told) == {"client_id", "client_secret"}
    answer = Registered(told["client_id"], told["client_secret"], app).by_itself()
    assert (answer.json or {})["scope"] == "contacts:read contacts:write"


def test_slip_in_a_scope_is_told_with_the_right_name(run: Run) -> None:
    with pytest.raises(StackError, match=r"no scope contact:read\. Did you mean contacts:read\?"):
        run(*CREATE, "--scopes", "contact:read")


def test_own_objects_have_a_scope_in_common(run: Run) -> None:
    with pytest.raises(StackError, match=r"no scope x_machines:read\. Did you mean x_\*:read\?"):
        run(*CREATE, "--scopes", "x_machines:read")


def test_unknown_company_is_said_so(run: Run) -> None:
    with pytest.raises(StackError, match="no workspace nobody"):
        run("create", "--tenant", "nobody", "--name", "Nightly export", "--scopes", "contacts:read")
