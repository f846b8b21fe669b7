"""pooler: what PgBouncer before a cell has to be told, as files."""

from pathlib import Path

import click
from sqlalchemy import make_url

from app.commands import _environment, _output
from stack import pgbouncer
from stack.errors import StackError
from tenants import engines, pooling, runner


@click.command()
@click.argument("cell", default="cell-1")
@click.option("--write", "folder", type=click.Path(path_type=Path), required=True, help="Where the files go.")
@click.option("--listen", default="*", show_default=True, help="The addresses on which it is to listen.")
@click.option("--each", default=pgbouncer.EACH, show_default=True, help="Backends of each bucket's login.")
@click.option("--most", default=pgbouncer.MOST, show_default=True, help="Backends of all: see ./kith doctor.")
@_output.json_option
def command(*, cell: str, folder: Path, listen: str, each: int, most: int, as_json: bool) -> None:
    """Write pgbouncer.ini and userlist.txt for the pooler that a cell is known to lie behind.

    The cell learns of its pooler by KITH_POOLER_URL (the first) or ./kith cell add --pooler-url (others).
    """
    settings = _environment.settings()
    here = engines.configure(settings.database_url, settings.secret_keys)
    if cell not in runner.cell_ids(here):
        raise StackError(f"There is no cell {cell}: ./kith cell list shows them.")
    known = pooling.pooler_url(cell)
    if known is None:
        raise StackError(f"{cell} lies behind no pooler: set KITH_POOLER_URL and run ./kith migrate first.")
    url = make_url(known)
    target = pgbouncer.Target(here.cell_url(cell), str(url.username), str(url.password), str(url.database))
    files = pgbouncer.files(target, listen, url.port or 6432, each=each, most=most)
    pgbouncer.write(folder, files)
    written = [str(folder / name) for name in files]
    _output.show(as_json, {"written": written}, f"Written: {', '.join(written)}")
