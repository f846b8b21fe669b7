"""maintenance: every door shows a short page while everything is worked upon."""

from datetime import UTC, datetime

import click

from app.commands import _environment, _output
from app.domain.operators import actions
from app.domain.operators.actions import By
from app.factory import create_app
from tenants.session import unit_of_work


@click.group()
def command() -> None:
    """Close every door for work on the whole installation, and open them again."""


@command.command()
@click.option("--message", default="", help="What everybody reads, as it is written here.")
@click.option(
    "--until", type=click.DateTime(["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%H:%M"]), metavar="TIME",
    help="When you expect to be done, UTC: 09:30 or 2026-11-22T09:30. Only told: the doors open by off.",
)  # fmt: skip
@_output.json_option
def on(message: str, until: datetime | None, as_json: bool) -> None:
    """Close the doors within seconds: pages say so, jobs wait, operators get in."""
    ends = _moment(until) if until else None
    with create_app(_environment.settings()).app_context(), unit_of_work():
        actions.begin_maintenance(message, ends, By())
    document = {"on": True, "message": message, "until": ends.isoformat() if ends else None}
    _output.show(
        as_json, document, "Every door shows the maintenance page; ./kith maintenance off opens them."
    )


@command.command()
@_output.json_option
def off(as_json: bool) -> None:
    """Open the doors within seconds."""
    with create_app(_environment.settings()).app_context(), unit_of_work():
        was_on = actions.end_maintenance(By())
    told = "The doors are open." if was_on else "The doors were open already."
    _output.show(as_json, {"on": False, "was_on": was_on}, told)


def _moment(given: datetime) -> datetime:
    """A time alone is today's; a day without a zone is UTC."""
    today = datetime.now(UTC)
    if given.year == 1900:
        given = given.replace(year=today.year, month=today.month, day=today.day)
    return given.replace(tzinfo=UTC)
