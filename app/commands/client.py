"""client: OAuth clients for scripts and tests, made by an operator."""

import click

from app.commands import _environment, _output
from app.core.actor import Actor
from app.core.errors import Invalid
from app.core.permissions import EVERYTHING
from app.domain.apps import actions, rules
from app.factory import create_app
from stack.errors import StackError
from tenants import catalogue
from tenants.context import Tenant, entered
from tenants.session import unit_of_work

OPERATOR = Actor(kind="system", id=None, name="Kith", door="command", permissions=EVERYTHING)


@click.group()
def command() -> None:
    """Create OAuth clients for the API of a company."""


@command.command()
@click.option("--tenant", "slug", required=True, help="The workspace whose data the client is for.")
@click.option("--name", required=True, help="What members see in the list of apps.")
@click.option(
    "--grant",
    "grants",
    multiple=True,
    type=click.Choice([*rules.GRANT_TYPES, "device_code"]),
    default=(rules.CLIENT_CREDENTIALS,),
    help="How it gets its tokens; may be given several times.",
)
@click.option("--scopes", required=True, help='What it may do: "contacts:read contacts:write".')
@click.option("--redirect-uri", "redirect_uris", multiple=True, help="Where people are sent back to.")
@click.option(
    "--public", is_flag=True, help="For an app that cannot keep a secret: in a browser, on a phone."
)
@_output.json_option
def create(
    *,
    slug: str,
    name: str,
    grants: tuple[str, ...],
    scopes: str,
    redirect_uris: tuple[str, ...],
    public: bool,
    as_json: bool,
) -> None:
    """Register a client; its secret is shown here and never again."""
    wanted = actions.Wanted(
        name=name.strip(),
        kind="public" if public else "confidential",
        grant_types=_types(grants),
        scopes=tuple(dict.fromkeys(scopes.replace(",", " ").split())),
        redirect_uris=redirect_uris,
    )
    settings = _environment.settings()
    with create_app(settings).app_context(), entered(_find(slug)), unit_of_work():
        try:
            app, secret = actions.register(OPERATOR, wanted)
        except Invalid as error:
            raise StackError(_sentence(error)) from None
    document = {"client_id": app.client_id, "client_secret": secret}
    told = f"client_id      {app.client_id}\nclient_secret  {secret or '(none: it is public)'}"
    _output.show(as_json, document, told)


def _types(grants: tuple[str, ...]) -> tuple[str, ...]:
    """The full names; whoever acts for people may renew."""
    named = [rules.DEVICE_CODE if grant == "device_code" else grant for grant in grants]
    if {rules.AUTHORIZATION_CODE, rules.DEVICE_CODE} & set(named):
        named.append(rules.REFRESH_TOKEN)
    return tuple(dict.fromkeys(named))


def _find(slug: str) -> Tenant:
    tenant = catalogue.by_slug(slug)
    if tenant is None:
        raise StackError(f"There is no workspace {slug}: ./kith tenant list shows them.")
    return tenant


def _sentence(error: Invalid) -> str:
    return " ".join(f"{problem.path}: {problem.message % problem.data}" for problem in error.problems)
