"""plan: what companies may have, and what they pay for it."""

from typing import Any

import click

from app.commands import _environment, _limits, _output
from app.core.errors import Invalid, NotFound
from app.domain.plans import actions, queries
from app.factory import create_app
from stack.errors import StackError
from tenants.models import Plan
from tenants.session import unit_of_work


@click.group()
def command() -> None:
    """List, show and change the plans of this Kith."""


@command.command(name="list")
@_output.json_option
def list_(as_json: bool) -> None:
    """All plans, the smallest first."""
    with create_app(_environment.settings()).app_context(), unit_of_work(read_only=True):
        documents = [_document(plan) for plan in queries.plans()]
    _output.show(as_json, documents, "\n".join(map(_line, documents)))


@command.command()
@click.argument("plan_id", metavar="PLAN")
@_output.json_option
def show(plan_id: str, as_json: bool) -> None:
    """One plan."""
    with create_app(_environment.settings()).app_context(), unit_of_work(read_only=True):
        try:
            document = _document(queries.plan(plan_id))
        except NotFound:
            raise StackError(f"There is no plan {plan_id}: ./kith plan list shows them.") from None
    _output.show(as_json, document, _line(document))


@command.command(name="set")
@click.argument("plan_id", metavar="PLAN")
@click.option("--name")
@click.option("--limit", "limits", multiple=True, metavar="KIND=NUMBER", help=_limits.HELP)
@click.option("--price", type=click.IntRange(0), help="Net, a month, in cents (the smallest unit).")
@click.option("--currency", help="ISO 4217, like EUR.")
@click.option("--trial-days", type=click.IntRange(0, 365))
@click.option("--position", type=int)
@click.option("--offered/--not-offered", default=None, help="Whether companies may choose it themselves.")
@_output.json_option
def set_(plan_id: str, limits: tuple[str, ...], as_json: bool, **given: Any) -> None:
    """Change a plan, or make a new one; companies on it follow within half a minute."""
    names = {"price": "price_minor", "offered": "is_offered"}
    values = {names.get(key, key): value for key, value in given.items() if value is not None}
    with create_app(_environment.settings()).app_context(), unit_of_work():
        present = {plan.id: plan.limits for plan in queries.plans()}.get(plan_id, {})
        values["limits"] = _limits.kept(present | _limits.read(limits))
        try:
            document = _document(actions.keep(plan_id, values))
        except Invalid as error:
            raise StackError(error.problems[0].message % error.problems[0].data) from None
    _output.show(as_json, document, _line(document))


def _document(plan: Plan) -> dict[str, Any]:
    names = ("id", "name", "position", "limits", "price_minor", "currency", "trial_days", "is_offered")
    return {name: getattr(plan, name) for name in names}


def _line(document: dict[str, Any]) -> str:
    price = f"{document['price_minor'] / 100:.2f} {document['currency']} a month"
    trial = f", {document['trial_days']} days of trial" if document["trial_days"] else ""
    offered = "" if document["is_offered"] else ", not offered"
    return f"{document['id']:<12} {price}{trial}{offered}: {_limits.words(document['limits'])}"
