"""tenant delete: closed for a while, opened again, or removed at once."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner

from app.commands.tenant import command
from stack.errors import StackError
from tenants import catalogue
from tests.cast import Workspace
from tests.conftest import S3

Run = Callable[..., Any]


@pytest.fixture
def run(environ: dict[str, str], s3: S3, nordwind: Workspace, monkeypatch: pytest.MonkeyPatch) -> Run:
    """run(*arguments, input=None) -> what the command printed as JSON, for Nordwind."""
    for name, value in {**environ, "KITH_S3_ENDPOINT_URL": s3.url}.items():
        monkeypatch.setenv(name, value)

    def call(*arguments: str, **options: Any) -> Any:
        words = ["delete", "nordwind", *arguments, "--json"]
        result = CliRunner().invoke(command, words, catch_exceptions=False, **options)
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout)

    return call


def test_closed_company_is_opened_again(run: Run) -> None:
    assert run("--days", "3", "--reason", "as you asked")["state"] == "deleting"
    tenant = catalogue.by_slug("nordwind")
    assert tenant is not None
    assert tenant.reason == "as you asked"
    assert run("--keep")["state"] == "active"


def test_removal_asks_for_the_address_first(run: Run) -> None:
    with pytest.raises(StackError, match="Nothing was removed"):
        run("--now", input="kestrel\n")
    assert catalogue.by_slug("nordwind") is not None


def test_removed_at_once_with_a_receipt(run: Run) -> None:
    receipt = run("--now", "--yes")
    assert receipt["removed"]["catalogue"]["memberships"] == 4
    catalogue.forget()
    assert catalogue.by_slug("nordwind") is None
    with pytest.raises(StackError, match="no workspace"):
        run("--now", "--yes")
