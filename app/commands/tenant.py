"""tenant: an operator's view of the companies, and what only an operator may do to them."""

import sys
from typing import Any

import click
import psycopg

from app.commands import _deleting, _environment, _limits, _output, _taking
from app.config import Settings, subdomain
from app.core.errors import Conflict, Invalid, NotFound
from app.domain.operators import actions as operators
from app.domain.operators import companies
from app.domain.operators.actions import By
from app.domain.operators.companies import Company
from app.domain.plans import actions as giving
from app.domain.plans import queries as plans
from app.domain.signup import actions as signup
from app.domain.signup.rules import Request
from app.factory import create_app
from stack.errors import StackError
from tenants import catalogue, watching
from tenants.context import Tenant
from tenants.session import unit_of_work

# As many companies as an installation ever has.
EVERY = 10_000_000


@click.group()
def command() -> None:
    """The companies that use this Kith: create, list, suspend, delete, take out, in and elsewhere."""


for _verb in (_taking.export, _taking.import_, _taking.move, _deleting.delete):
    command.add_command(_verb)


@command.command()
@click.option("--slug", required=True, help="The workspace's address: SLUG.example.com.")
@click.option("--name", required=True, help="The company's name.")
@click.option("--owner-email", required=True)
@click.option("--owner-password", help="Read from standard input where it is left out.")
@click.option("--owner-name", default="", help="Guessed from the e-mail where it is left out.")
@click.option("--region", default="", help="Where its data lies; left out, where there is most room.")
@_output.json_option
def create(
    *,
    slug: str,
    name: str,
    owner_email: str,
    owner_password: str | None,
    owner_name: str,
    region: str,
    as_json: bool,
) -> None:
    """Sign a company up; its owner's address counts as confirmed."""
    settings = _environment.settings()
    password = owner_password if owner_password is not None else _ask_password()
    owner = owner_name or _guessed_name(owner_email)
    request = Request(name, owner, owner_email, password, slug, region=region)
    with create_app(settings).app_context(), unit_of_work():
        try:
            tenant = signup.create_workspace(request, is_confirmed=True).tenant
        except Invalid as error:
            raise StackError(_sentence(error)) from None
    document = {"id": str(tenant.id), "slug": tenant.slug, "url": _url(settings, tenant)}
    _output.show(as_json, document, f"{tenant.name} is at {document['url']}")


@command.command(name="list")
@_output.json_option
def list_(as_json: bool) -> None:
    """All companies, oldest first."""
    settings = _environment.settings()
    with create_app(settings).app_context(), unit_of_work(read_only=True):
        known = {each.slug: each for each in companies.companies(most=EVERY).companies}
    documents = [
        _document(settings, tenant) | _figures(known[tenant.slug])
        for tenant in catalogue.all_tenants()
        if tenant.slug in known
    ]
    lines = [_line(row) for row in documents]
    _output.show(as_json, documents, "\n".join(lines) or "No company has signed up yet.")


@command.command()
@click.argument("slug")
@_output.json_option
def show(slug: str, as_json: bool) -> None:
    """One company: where it lives and how it is."""
    settings = _environment.settings()
    with create_app(settings).app_context(), unit_of_work(read_only=True):
        tenant = _find(slug)
        document = _document(settings, tenant) | {
            **plans.measured(tenant.id),
            "last_30_days": companies.used(tenant.id),
            "disk_bytes": _disk(tenant),
        }
    width = max(map(len, document))
    words = "\n".join(f"{key:<{width}}  {value}" for key, value in document.items())
    _output.show(as_json, document, words)


@command.command()
@click.argument("slug")
@click.option("--undo", is_flag=True, help="Let the company in again; it is what it was before.")
@click.option("--reason", default="", help="Why, in a sentence that its members read.")
@_output.json_option
def suspend(slug: str, undo: bool, reason: str, as_json: bool) -> None:
    """Close a company's doors: nobody gets in, its jobs wait, nothing is removed."""
    settings = _environment.settings()
    with create_app(settings).app_context(), unit_of_work():
        tenant = _find(slug)
        try:
            tenant = operators.resume(tenant, By()) if undo else operators.suspend(tenant, reason, By())
        except Conflict as refused:
            raise StackError(f"{refused} It is {tenant.state}.") from None
    told = f"{tenant.name} is {tenant.state}; every process knows within a second."
    _output.show(as_json, _document(settings, tenant), told)


@command.command()
@click.argument("slug")
@click.argument("plan_id", metavar="PLAN")
@click.option("--limit", "limits", multiple=True, metavar="KIND=NUMBER", help=_limits.HELP)
@_output.json_option
def plan(slug: str, plan_id: str, limits: tuple[str, ...], as_json: bool) -> None:
    """Put a company on a plan; limits of its own go before the plan's."""
    settings = _environment.settings()
    with create_app(settings).app_context(), unit_of_work():
        tenant = _find(slug)
        own = giving.own_limits(tenant) | _limits.read(limits)
        try:
            operators.give_plan(tenant, plan_id, _limits.kept(own), By())
        except NotFound:
            raise StackError(f"There is no plan {plan_id}: ./kith plan list shows them.") from None
        except Invalid as error:
            raise StackError(_sentence(error)) from None
    tenant = _find(slug)
    told = f"{tenant.name} is on {tenant.plan}: {_limits.words(tenant.limits)}."
    _output.show(as_json, _document(settings, tenant), told)


def _find(slug: str) -> Tenant:
    tenant = catalogue.by_slug(slug)
    if tenant is None:
        raise StackError(f"There is no workspace {slug}: ./kith tenant list shows them.")
    return tenant


def _document(settings: Settings, tenant: Tenant) -> dict[str, Any]:
    return {
        "id": str(tenant.id),
        "slug": tenant.slug,
        "name": tenant.name,
        "url": _url(settings, tenant),
        "state": tenant.state,
        "since": tenant.since.isoformat() if tenant.since else None,
        "reason": tenant.reason,
        "plan": tenant.plan,
        "trial_ends_at": tenant.trial_ends_at.isoformat() if tenant.trial_ends_at else None,
        "limits": dict(tenant.limits),
        "region": tenant.region,
        "cell": tenant.cell,
        "schema": tenant.schema,
        "schema_rev": tenant.schema_rev,
    }


def _figures(company: Company) -> dict[str, Any]:
    return {
        "members": company.members,
        "records": company.records,
        "storage_bytes": company.storage_bytes,
        "used_on": company.used_on.isoformat() if company.used_on else None,
    }


def _line(row: dict[str, Any]) -> str:
    used = f"used {row['used_on']}" if row["used_on"] else "not used yet"
    counted = "records not counted yet" if row["records"] is None else f"{row['records']} records"
    return f"{row['state']:<10} {row['slug']:<24} {row['name']}, {counted}, {used}"


def _disk(tenant: Tenant) -> int | None:
    """None while its cell does not answer."""
    try:
        return watching.schema_size(tenant.cell, tenant.schema)
    except psycopg.OperationalError:
        return None


def _url(settings: Settings, tenant: Tenant) -> str:
    return subdomain(settings.base_url, tenant.slug)


def _ask_password() -> str:
    if sys.stdin.isatty():
        return str(click.prompt("The owner's password", hide_input=True, confirmation_prompt=True, err=True))
    return sys.stdin.readline().rstrip("\n")


def _guessed_name(email: str) -> str:
    words = email.partition("@")[0].replace(".", " ").replace("_", " ").replace("-", " ")
    return words.title()


def _sentence(error: Invalid) -> str:
    return " ".join(f"{problem.path}: {problem.message % problem.data}" for problem in error.problems)
