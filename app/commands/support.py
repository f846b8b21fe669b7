"""support: asking a company to let an operator in."""

import click

from app.commands import _environment, _output
from app.core.errors import Invalid, NotFound
from app.domain.identities import queries as identities
from app.domain.identities.rules import normal_email
from app.domain.operators import companies, support
from app.domain.operators.actions import By
from app.domain.operators.queries import is_operator
from app.factory import create_app
from stack.errors import StackError
from tenants.session import unit_of_work


@click.group()
def command() -> None:
    """Ask a company to let support in; it answers under Settings, Support access."""


@command.command()
@click.argument("slug")
@click.option("--as", "email", required=True, help="The operator who asks and will go in.")
@click.option("--reason", required=True, help="Why, in a sentence that the company reads.")
@click.option("--minutes", type=click.IntRange(*support.MINUTES), default=60, show_default=True)
@_output.json_option
def ask(slug: str, email: str, reason: str, minutes: int, as_json: bool) -> None:
    """Ask the company's owners and admins."""
    with create_app(_environment.settings()).app_context(), unit_of_work():
        operator = identities.owner_of(normal_email(email) or "")
        if operator is None or not is_operator(operator.id):
            raise StackError(f"{email} is no operator: ./kith operator list shows them.")
        try:
            access_id = support.ask(companies.find(slug), reason, minutes, By(operator.id))
        except NotFound:
            raise StackError(f"There is no workspace {slug}: ./kith tenant list shows them.") from None
        except Invalid as error:
            raise StackError(error.problems[0].message % error.problems[0].data) from None
    document = {"id": str(access_id), "tenant": slug, "minutes": minutes}
    _output.show(as_json, document, f"The owners and admins of {slug} are asked.")
