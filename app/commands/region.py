"""region: where in the world data may lie; companies choose one when they sign up."""

from dataclasses import asdict
from zoneinfo import available_timezones

import click

from app.commands import _environment, _output
from stack.errors import StackError
from tenants import cells, engines


@click.group()
def command() -> None:
    """Add and list the regions that companies may choose."""


@command.command()
@click.argument("region")
@click.option("--label", required=True, help="What companies read, for example: Frankfurt, Germany.")
@click.option(
    "--time-zone",
    required=True,
    help="Where it lies, for example Europe/Berlin: browsers near are offered it.",
)
@click.option("--position", type=int, default=0, show_default=True, help="Lower ones are offered first.")
@_output.json_option
def add(region: str, label: str, time_zone: str, position: int, as_json: bool) -> None:
    """Offer a region, or describe one anew; companies see it as soon as an open cell lies in it."""
    settings = _environment.settings()
    engines.configure(settings.database_url, settings.secret_keys)
    if time_zone not in available_timezones():
        raise StackError(f"There is no time zone {time_zone}: take one like Europe/Berlin.")
    try:
        cells.add_region(region, label, time_zone, position)
    except cells.Refused as refused:
        raise StackError(str(refused)) from None
    document = {"id": region, "label": label, "time_zone": time_zone, "position": position}
    _output.show(
        as_json, document, f"{region} is {label}; companies see it as soon as an open cell lies in it."
    )


@command.command(name="list")
@_output.json_option
def list_(as_json: bool) -> None:
    """All regions, in the order in which they are offered."""
    settings = _environment.settings()
    engines.configure(settings.database_url, settings.secret_keys)
    found = cells.all_regions()
    lines = [
        f"{each.id:<16} {each.label:<28} {each.open_cells} of {each.cells} cells open,"
        f" {each.tenants} companies"
        for each in found
    ]
    _output.show(as_json, [asdict(each) for each in found], "\n".join(lines))
