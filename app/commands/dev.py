"""dev: like up, and what changes on the disk is live a moment later."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import click

from app import programs
from app.commands import _environment, _up
from app.config import ROOT
from stack.supervisor import Supervisor

CODE = ("app", "tenants", "workers")
SUFFIXES = {".py", ".html", ".po", ".css", ".js", ".svg", ".txt"}
LOOK_SECONDS = 0.7


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), help="Where the front door listens (8000).")
@click.option("--demo/--no-demo", default=True, help="Fill a demo company on the first start.")
def command(port: int | None, demo: bool) -> None:
    """Start everything, and restart our own processes when their files change."""
    _up.up(_up.Wishes(_environment.data_dir(), port, demo, watch=watch))


def watch(supervisor: Supervisor) -> None:
    """Looks at the files again and again until the stack stops."""
    before = _seen()
    while not supervisor.stopping.wait(LOOK_SECONDS):
        now = _seen()
        if now != before:
            before = now
            subprocess.run([*programs.KITH, "assets"], env=programs.full_environment(), check=False)
            supervisor.restart(("web", "live", "work", "relay"))


def _seen() -> dict[Path, int]:
    return {path: path.stat().st_mtime_ns for path in _files() if path.exists()}


def _files() -> Iterator[Path]:
    for folder in CODE:
        for path in (ROOT / folder).rglob("*"):
            if path.suffix in SUFFIXES and "dist" not in path.parts:
                yield path
