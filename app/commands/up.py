"""up: the main job, everything on this machine."""

import os
from pathlib import Path

import click

from app import programs
from app.commands import _environment, _up


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), help="Where the front door listens (8000).")
@click.option("--demo/--no-demo", default=True, help="Fill a demo company on the first start.")
@click.option("--web-processes", type=click.IntRange(1, 64), default=programs.WEB_WORKERS, show_default=True)
@click.option("--backup", metavar="PLACE", help="Keep backups in this folder or s3://bucket/prefix.")
@click.option("--pooler", is_flag=True, help="PgBouncer before the database, as for many tenants.")
def command(port: int | None, *, demo: bool, web_processes: int, backup: str | None, pooler: bool) -> None:
    """Start everything, migrate, and run until Ctrl-C; data stays in the folder of --data (var)."""
    if pooler:
        os.environ["KITH_POOLER"] = "on"
    if backup:
        os.environ["KITH_BACKUP"] = backup if "://" in backup else str(Path(backup).expanduser().resolve())
    _up.up(_up.Wishes(_environment.data_dir(), port, demo, web_processes))
