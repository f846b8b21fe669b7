"""serve: the doors, for a machine that runs one kind of process."""

import os

import click

from app.commands import _environment, _processes

ROLES = {"web"}


@click.command()
@click.option("--roles", default="web", show_default=True, help="Which doors, with commas between.")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)
@click.option("--workers", type=click.IntRange(1, 64), default=_processes.WEB_WORKERS, show_default=True)
def command(roles: str, host: str, port: int, workers: int) -> None:
    """Serve the members' door in the foreground; put a proxy before it."""
    unknown = set(roles.split(",")) - ROLES
    if unknown:
        raise click.BadParameter(f"{', '.join(sorted(unknown))}: choose from {', '.join(sorted(ROLES))}")
    _environment.settings()
    os.environ["PYTHONPATH"] = _processes.python_path()
    argv = _processes.web_argv(host, port, workers)
    os.execv(argv[0], argv)  # noqa: S606 - becoming the server is the point
