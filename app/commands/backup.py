"""backup: base backups of whole clusters, and the log behind them for as long as it stays."""

from dataclasses import asdict
from functools import partial

import click

from app.commands import _clusters, _environment, _keeping, _output


@click.command()
@click.option("--cell", help="The cluster of this cell alone; without it all clusters.")
@click.option("--to", metavar="PLACE", help="A folder or s3://bucket/prefix (KITH_BACKUP).")
@click.option("--stream", is_flag=True, help="Stay: receive the log as it is written, copy once a day.")
@click.option("--rate", metavar="RATE", help="The most that copying may read in a second, like 50M.")
@_output.json_option
def command(cell: str | None, to: str | None, stream: bool, rate: str | None, as_json: bool) -> None:
    """Copy whole clusters while they work; with the log behind a copy any moment since comes back.

    One copy has a start and no moments: leave --stream running (./kith up does so where KITH_BACKUP is set).
    Secrets are not in it: keep KITH_SECRET_KEYS, or secrets.json of the data folder, somewhere else.
    """
    settings = _environment.settings()
    place = _clusters.place_of(to, settings)
    if stream:
        _keeping.keep(settings, place, cell, rate)
        return
    told = partial(click.echo, err=True)
    made = [_clusters.take(each, place, settings, rate, told) for each in _clusters.found(settings, cell)]
    lines = [f"{each.id}  {', '.join(each.holds)}  {each.bytes / 1e6:.1f} MB" for each in made]
    _output.show(as_json, [asdict(each) for each in made], "\n".join(lines))
