"""bench: figures beside their bars."""

import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict

import click

from app.bench import doors, foundation
from app.bench.foundation import Figure
from app.commands import _output

BENCHES: dict[str, Callable[..., Iterator[Figure]]] = {
    "foundation": foundation.run,
    "doors": doors.run,
}


@click.command()
@click.argument("name", type=click.Choice(sorted(BENCHES)), default="foundation")
@click.option("--cold", is_flag=True, help="Also start a clean clone, packages included.")
@_output.json_option
def command(name: str, *, cold: bool, as_json: bool) -> None:
    """Measure on a stack of its own; exit code 1 when a figure misses its bar."""
    figures = []
    for figure in BENCHES[name](cold=cold):
        figures.append(figure)
        if not as_json:
            click.echo(_line(figure))
    if as_json:
        _output.show(True, [asdict(figure) | {"holds": figure.holds} for figure in figures], "")
    sys.exit(0 if all(figure.holds for figure in figures) else 1)


def _line(figure: Figure) -> str:
    bar = "" if figure.bar is None else f"   bar {figure.bar:g} {figure.unit}"
    mark = " " if figure.holds else "!"
    return f"{mark} {figure.name:<42}{figure.value:>10,.1f} {figure.unit}{bar}"
