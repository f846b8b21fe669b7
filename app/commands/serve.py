"""serve: the doors, for a machine that runs one kind of process."""

import os

import click

from app import programs
from app.commands import _environment

# One Flask application is all doors of pages and programs; streams have a process of their own.
PAGES = {"web", "portal", "api"}
LIVE = {"live"}


@click.command()
@click.option("--roles", default="web", show_default=True, help="web, portal, api with commas; or live.")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)
@click.option("--workers", type=click.IntRange(1, 64), default=programs.WEB_WORKERS, show_default=True)
def command(roles: str, host: str, port: int, workers: int) -> None:
    """Serve the doors, or the live streams, in the foreground; put a proxy before them."""
    wanted = set(roles.split(","))
    if unknown := wanted - PAGES - LIVE:
        choices = ", ".join(sorted(PAGES | LIVE))
        raise click.BadParameter(f"{', '.join(sorted(unknown))}: choose from {choices}")
    if wanted > LIVE:
        raise click.BadParameter("live is a process of its own: start it beside this one, on another port")
    _environment.settings()
    os.environ["PYTHONPATH"] = programs.python_path()
    live = wanted == LIVE
    argv = programs.live_argv(host, port) if live else programs.web_argv(host, port, workers)
    os.execv(argv[0], argv)  # noqa: S606 - becoming the server is the point
