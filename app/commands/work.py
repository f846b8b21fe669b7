"""work: jobs, their relay and the schedule, for a machine that runs one kind of process."""

import logging
import sys

import click

from app.commands import _environment
from app.core import logs
from workers.main import ROLES, run


@click.command()
@click.option("--roles", default="fast,bulk,mail", show_default=True, help="What to do, with commas between.")
def command(roles: str) -> None:
    """Work on jobs until told to stop; the roles relay and schedule run beside, once in a stack or often."""
    wanted = {role.strip() for role in roles.split(",") if role.strip()}
    unknown = wanted - ROLES
    if unknown or not wanted:
        named = ", ".join(sorted(unknown)) or "nothing"
        raise click.BadParameter(f"{named}: choose from {', '.join(sorted(ROLES))}")
    logs.begin()
    for chatty in ("alembic", "dramatiq"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    sys.exit(run(wanted, _environment.settings()))
