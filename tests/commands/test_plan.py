"""Plans and invoices by command."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask

from app.commands import invoice, plan, tenant
from app.core.clock import now
from app.domain.billing import actions
from stack.errors import StackError
from tenants import catalogue
from tenants.context import entered
from tenants.engines import engines
from tenants.session import unit_of_work
from tests.cast import ANN, Workspace
from tests.domain.billing.test_days import WHO

Run = Callable[..., Any]


@pytest.fixture
def run(ground_floor: None, environ: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """run(group, *arguments): the JSON that `./kith ...` prints."""
    for name, value in environ.items():
        monkeypatch.setenv(name, value)

    def ask(group: Any, *arguments: str) -> Any:
        catalogue.forget()
        answer = CliRunner().invoke(group.command, [*arguments, "--json"], catch_exceptions=False)
        assert answer.exit_code == 0, answer.output
        return json.loads(answer.stdout)

    yield ask
    with engines().control.begin() as connection:
        connection.exec_driver_sql("UPDATE plans SET is_offered = false WHERE id = 'gold'")


def test_plans_are_there_from_the_beginning(run: Run) -> None:
    found = {each["id"]: each for each in run(plan, "list")}
    assert {"unlimited", "trial", "start", "team", "business"} <= set(found)
    assert found["unlimited"]["limits"] == {}


def test_a_plan_is_made_and_changed(run: Run) -> None:
    made = run(plan, "set", "gold", "--name", "Gold", "--price", "1200", "--limit", "members=7")
    assert (made["price_minor"], made["limits"]) == (1200, {"members": 7})
    changed = run(plan, "set", "gold", "--limit", "records=none", "--limit", "members=", "--trial-days", "14")
    assert (changed["limits"], changed["trial_days"], changed["name"]) == ({"records": None}, 14, "Gold")
    with pytest.raises(StackError, match="no limit called cats"):
        run(plan, "set", "gold", "--limit", "cats=1")


def test_a_company_gets_a_plan_and_limits_of_its_own(run: Run, nordwind: Workspace) -> None:
    told = run(tenant, "plan", "nordwind", "start", "--limit", "members=50")
    assert (told["plan"], told["limits"]["members"], told["limits"]["records"]) == ("start", 50, 10_000)
    told = run(tenant, "plan", "nordwind", "team", "--limit", "members=")
    assert (told["plan"], told["limits"]["members"]) == ("team", 25)
    with pytest.raises(StackError, match="no plan wood"):
        run(tenant, "plan", "nordwind", "wood")


def test_a_suspension_ends_where_it_began(run: Run, nordwind: Workspace) -> None:
    run(tenant, "suspend", "nordwind", "--reason", "The company asked for it.")
    assert run(tenant, "show", "nordwind")["reason"] == "The company asked for it."
    assert run(tenant, "suspend", "nordwind", "--undo")["state"] == "active"


def test_invoices_are_listed_and_marked(run: Run, app: Flask, nordwind: Workspace) -> None:
    run(
        invoice, "seller", "--name", "Kith GmbH", "--address", "Weg 2", "--country", "DE", "--vat", "19",
        "--payment", "IBAN",
    )  # fmt: skip
    with app.app_context(), entered(nordwind.tenant), unit_of_work():
        actions.keep_account(nordwind.actor(ANN), WHO)
        actions.choose(nordwind.actor(ANN), "start", now().date())
    (found,) = run(invoice, "list", "--open")
    assert (found["amount_minor"], found["tenant"], found["state"]) == (3451, "nordwind", "open")
    assert run(invoice, "paid", found["number"])["state"] == "paid"
    assert run(invoice, "list", "--open") == []
    with pytest.raises(StackError, match="settled already"):
        run(invoice, "void", found["number"])
    with pytest.raises(StackError, match="no such invoice"):
        run(invoice, "paid", "1999-00001")
