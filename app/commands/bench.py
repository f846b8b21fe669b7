"""bench: figures beside their bars."""

import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict
from functools import partial
from pathlib import Path

import click

from app.bench import doors, foundation, records, tenancy
from app.bench.foundation import Figure
from app.commands import _output

NAMES = ("doors", "foundation", "records", "tenancy")

PARTS = sorted({*records.PARTS, *tenancy.PARTS})


@click.command()
@click.argument("name", type=click.Choice(NAMES), default="foundation")
@click.option("--cold", is_flag=True, help="Also start a clean clone, packages included.")
@click.option("--tenants", type=click.IntRange(20), default=tenancy.TENANTS, help="How many, in tenancy.")
@click.option("--requests", type=click.IntRange(100), default=tenancy.REQUESTS, help="How many of tenancy's.")
@click.option("--contacts", type=click.IntRange(100), default=records.CONTACTS, help="How many, in records.")
@click.option("--keep", type=click.Path(file_okay=False, path_type=Path), help="Where what is filled stays.")
@click.option("--part", type=click.Choice(PARTS), help="Only this part of tenancy or records.")
@_output.json_option
def command(
    name: str,
    *,
    cold: bool,
    tenants: int,
    requests: int,
    contacts: int,
    keep: Path | None,
    part: str | None,
    as_json: bool,
) -> None:
    """Measure on a stack of its own; exit code 1 when a figure misses its bar."""
    benches: dict[str, Callable[[], Iterator[Figure]]] = {
        "doors": partial(doors.run, cold=cold),
        "foundation": partial(foundation.run, cold=cold),
        "records": partial(records.run, contacts=contacts, keep=keep, part=part),
        "tenancy": partial(tenancy.run, tenants=tenants, requests=requests, keep=keep, part=part),
    }
    figures = []
    for figure in benches[name]():
        figures.append(figure)
        if not as_json:
            click.echo(_line(figure))
    if as_json:
        _output.show(True, [asdict(figure) | {"holds": figure.holds} for figure in figures], "")
    sys.exit(0 if all(figure.holds for figure in figures) else 1)


def _line(figure: Figure) -> str:
    bar = "" if figure.bar is None else f"   bar {figure.bar:g} {figure.unit}"
    mark = " " if figure.holds else "!"
    digits = 2 if figure.unit == "x" else 1
    return f"{mark} {figure.name:<42}{figure.value:>10,.{digits}f} {figure.unit}{bar}"
