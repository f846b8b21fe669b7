"""cell: the PostgreSQL clusters in which companies live, and which of them take new ones."""

from dataclasses import asdict
from typing import Any

import click
import psycopg

from app.commands import _environment, _output
from app.config import Settings
from stack.errors import StackError
from tenants import cells, engines
from tenants.cells import CellInfo


@click.group()
def command() -> None:
    """Add, list, close, open and remove cells: the clusters in which companies live."""


@command.command()
@click.argument("cell")
@click.option(
    "--url", required=True, envvar="KITH_CELL_URL", metavar="URL",
    help="postgresql://OWNER:PASSWORD@HOST:PORT/DATABASE: the owner and the database to be. (KITH_CELL_URL)",
)  # fmt: skip
@click.option(
    "--admin-url", default="", envvar="KITH_CELL_ADMIN_URL", metavar="URL",
    help="A superuser's of that cluster; left out where the database is prepared. (KITH_CELL_ADMIN_URL)",
)  # fmt: skip
@click.option(
    "--pooler-url", default="", envvar="KITH_CELL_POOLER_URL", metavar="URL",
    help="Its PgBouncer in transaction mode, with the pooler's own login. (KITH_CELL_POOLER_URL)",
)  # fmt: skip
@click.option("--region", default="home", show_default=True, help="Where it lies: see ./kith region list.")
@click.option("--capacity", type=int, default=cells.CAPACITY, show_default=True, help="Companies at most.")
@click.option("--closed", is_flag=True, help="Take no new companies yet.")
@_output.json_option
def add(
    *, cell: str, url: str, admin_url: str, pooler_url: str, region: str, capacity: int, closed: bool,
    as_json: bool,
) -> None:  # fmt: skip
    """Make a cluster a cell: owner, database, hardening, tables, then its place in the directory.

    Passwords are better given in the variables than on the command line.
    """
    _configured()
    try:
        made = cells.add(
            cell,
            url,
            admin_url=admin_url,
            pooler_url=pooler_url,
            region=region,
            capacity=capacity,
            is_open=not closed,
        )
    except psycopg.Error as error:
        raise StackError(f"The cluster refuses: {_first_line(error)}") from None
    except cells.Refused as refused:
        raise StackError(str(refused)) from None
    told = f"{made.id} is a cell of {made.region} with room for {made.capacity} companies, {made.state}."
    _output.show(as_json, asdict(made), told)


@command.command(name="list")
@_output.json_option
def list_(as_json: bool) -> None:
    """All cells, with how full they are and whether they answer."""
    _configured()
    found = cells.all_cells()
    lines = [_line(each) for each in found]
    _output.show(as_json, [asdict(each) for each in found], "\n".join(lines) or "There is no cell yet.")


@command.command()
@click.argument("cell")
@_output.json_option
def show(cell: str, as_json: bool) -> None:
    """One cell in full."""
    _configured()
    _tell(as_json, _refusable(cells.one, cell))


@command.command()
@click.argument("cell")
@_output.json_option
def close(cell: str, as_json: bool) -> None:
    """Take no new companies into a cell; those who are there notice nothing."""
    _configured()
    _tell(as_json, _refusable(cells.set_open, cell, False))


@command.command(name="open")
@click.argument("cell")
@_output.json_option
def open_(cell: str, as_json: bool) -> None:
    """Take new companies into a cell again."""
    _configured()
    _tell(as_json, _refusable(cells.set_open, cell, True))


@command.command()
@click.argument("cell")
@_output.json_option
def remove(cell: str, as_json: bool) -> None:
    """Take a cell without companies out of the directory; its cluster is left as it is."""
    _configured()
    gone = _refusable(cells.remove, cell)
    _output.show(as_json, asdict(gone), f"{gone.id} is no cell any more; its cluster was left as it is.")


def _configured() -> Settings:
    settings = _environment.settings()
    engines.configure(settings.database_url, settings.secret_keys)
    return settings


def _refusable(act: Any, *arguments: Any) -> CellInfo:
    try:
        found: CellInfo = act(*arguments)
    except cells.Refused as refused:
        raise StackError(str(refused)) from None
    return found


def _tell(as_json: bool, cell: CellInfo) -> None:
    document = asdict(cell)
    width = max(map(len, document))
    _output.show(
        as_json, document, "\n".join(f"{name:<{width}}  {value}" for name, value in document.items())
    )


def _line(cell: CellInfo) -> str:
    state = "down" if cell.down_since else cell.state
    room = f"{cell.tenants} of {cell.capacity}"
    return f"{cell.id:<16} {state:<8} {cell.region:<12} {room:>12} companies, {cell.spares} spares"


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
