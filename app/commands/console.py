"""console: a Python prompt inside a tenant."""

import code

import click
import sqlalchemy

from app.commands import _environment
from app.factory import create_app
from stack.errors import StackError
from tenants import catalogue
from tenants.context import entered
from tenants.session import session

BANNER = (
    "Inside {name} ({slug}): session, tenant, app and sqlalchemy are here; session.commit() keeps a change."
)


@click.command()
@click.option("--tenant", "slug", required=True, help="The slug of the workspace.")
def command(slug: str) -> None:
    """Open a Python prompt in a tenant; it sees that tenant's data and no other's."""
    app = create_app(_environment.settings())
    with app.app_context():
        tenant = catalogue.by_slug(slug)
        if tenant is None:
            raise StackError(f"There is no workspace {slug}: ./kith tenant list shows them.")
        with entered(tenant):
            names = {"session": session, "tenant": tenant, "app": app, "sqlalchemy": sqlalchemy}
            code.interact(BANNER.format(name=tenant.name, slug=slug), local=names, exitmsg="")
            session.remove()
