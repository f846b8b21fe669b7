"""lint: style, types and floors."""

import subprocess
import sys
import time

import click

from app.config import ROOT

IMPORTS = "import sys; from importlinter.cli import lint_imports_command as check; sys.exit(check())"
CHECKS = {
    "ruff check": ("-m", "ruff", "check", ".", "kith"),
    "ruff format": ("-m", "ruff", "format", "--check", ".", "kith"),
    "mypy": ("-m", "mypy"),
    "imports": ("-c", IMPORTS),
}


@click.command()
def command() -> None:
    """Check style, types and the order of imports; all of them run, whichever fails."""
    failed = [name for name, arguments in CHECKS.items() if not _passes(name, arguments)]
    if failed:
        click.echo(f"Not clean: {', '.join(failed)}", err=True)
    sys.exit(1 if failed else 0)


def _passes(name: str, arguments: tuple[str, ...]) -> bool:
    began = time.monotonic()
    checked = subprocess.run([sys.executable, *arguments], cwd=ROOT, check=False)
    word = "clean" if checked.returncode == 0 else "NOT CLEAN"
    click.echo(f"{name}: {word} in {time.monotonic() - began:.1f} s")
    return checked.returncode == 0
