"""demo: a company to try Kith with, filled with what a year of business leaves behind."""

from typing import Any

import click

from app.commands import _environment, _output
from app.config import Settings, subdomain
from app.domain.demo.actions import Demo, create_demo
from app.factory import create_app
from tenants.session import unit_of_work


@click.command()
@_output.json_option
def command(as_json: bool) -> None:
    """Make the demo company where there is none, and say how to sign in."""
    settings = _environment.settings()
    with create_app(settings).app_context(), unit_of_work():
        demo = create_demo()
    document = _document(settings, demo)
    people = "\n".join(f"  {person['email']:<26} {person['role']}" for person in document["people"])
    customers = "\n".join(f"  {one['email']:<44} {one['company']}" for one in document["customers"])
    _output.show(
        as_json,
        document,
        f"{demo.tenant.name} is at {document['url']}; everybody's password is: {demo.password}\n{people}\n"
        f"Its customers' portal is at {document['portal']}\n{customers}",
    )


def _document(settings: Settings, demo: Demo) -> dict[str, Any]:
    return {
        "name": demo.tenant.name,
        "url": subdomain(settings.base_url, demo.tenant.slug),
        "password": demo.password,
        "people": [{"name": one.name, "email": one.email, "role": one.role} for one in demo.people],
        "portal": subdomain(settings.base_url, f"{demo.tenant.slug}-portal"),
        "customers": [
            {"name": one.name, "email": one.email, "company": one.company} for one in demo.customers
        ],
        "is_new": demo.is_new,
    }
