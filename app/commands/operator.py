"""operator: who may use the operator's pages."""

import click

from app.commands import _environment, _output
from app.core.errors import Invalid, NotFound
from app.domain.operators import people, queries
from app.domain.operators.actions import By
from app.factory import create_app
from stack.errors import StackError
from tenants.session import unit_of_work


@click.group()
def command() -> None:
    """Add, remove and list those who run this Kith: their pages are at /operator."""


@command.command()
@click.argument("email")
@_output.json_option
def add(email: str, as_json: bool) -> None:
    """Make somebody an operator who has confirmed this address."""
    with create_app(_environment.settings()).app_context(), unit_of_work():
        try:
            identity = people.add(email, By())
        except Invalid as error:
            raise StackError(error.problems[0].message) from None
    told = f"{identity.name} is an operator: {_environment.settings().base_url}/operator"
    _output.show(as_json, {"email": identity.email, "name": identity.name}, told)


@command.command()
@click.argument("email")
@_output.json_option
def remove(email: str, as_json: bool) -> None:
    """End it: pages and visits under way close with the next request."""
    with create_app(_environment.settings()).app_context(), unit_of_work():
        try:
            people.remove(email, By())
        except NotFound:
            raise StackError(f"{email} is no operator: ./kith operator list shows them.") from None
    _output.show(as_json, {"email": email}, f"{email} is no operator any more.")


@command.command(name="list")
@_output.json_option
def list_(as_json: bool) -> None:
    """Who is an operator."""
    with create_app(_environment.settings()).app_context(), unit_of_work(read_only=True):
        found = queries.operators()
    documents = [{"email": email, "name": name, "since": since.isoformat()} for email, name, since in found]
    lines = [f"{each['email']:<32} {each['name']}" for each in documents]
    _output.show(as_json, documents, "\n".join(lines) or "Nobody: ./kith operator add EMAIL.")
