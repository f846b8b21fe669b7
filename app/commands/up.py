"""up: the main job, everything on this machine."""

import click

from app import programs
from app.commands import _environment, _up


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), help="Where the front door listens (8000).")
@click.option("--demo/--no-demo", default=True, help="Fill a demo company on the first start.")
@click.option("--web-processes", type=click.IntRange(1, 64), default=programs.WEB_WORKERS, show_default=True)
def command(port: int | None, demo: bool, web_processes: int) -> None:
    """Start everything, migrate, and run until Ctrl-C; data stays in the folder of --data (var)."""
    _up.up(_up.Wishes(_environment.data_dir(), port, demo, web_processes))
