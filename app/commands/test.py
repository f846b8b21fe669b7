"""test: the whole suite on servers of its own; brings what it needs."""

import os
import subprocess
import sys
from pathlib import Path

import click

from app.commands import _chromium, _dovecot, _packages, assets
from app.config import ROOT
from stack import pgbouncer

PROCESSES = "2"


@click.command(context_settings={"ignore_unknown_options": True, "help_option_names": []})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def command(arguments: tuple[str, ...]) -> None:
    """Run the tests; arguments are pytest's. All of them run in parallel, in random order."""
    assets.prepare()
    chromium, dovecot = _chromium.find_or_install(), _dovecot.find_or_install()
    pooler = pgbouncer.find() or _packages.by_apt("PgBouncer", pgbouncer.PACKAGE)
    environment = {**os.environ, **({"KITH_CHROMIUM": chromium} if chromium else {})}
    code = subprocess.run(
        [sys.executable, "-m", "pytest", *_parallel(arguments), *arguments],
        cwd=Path.cwd() if Path.cwd().is_relative_to(ROOT) else ROOT,
        env=environment,
        check=False,
    ).returncode
    skipped = []
    if chromium is None:
        skipped.append(f"Skipped: the browser tests. {_chromium.REMEDY}")
    if dovecot is None:
        skipped.append(f"Skipped: the tests of mailboxes. {_dovecot.REMEDY}")
    if not pooler:
        skipped.append(f"Skipped: the tests of the pooler. {pgbouncer.REMEDY}")
    if skipped:
        click.echo("\n".join(skipped), err=True)
        if os.environ.get("CI", "").lower() in {"1", "true", "yes"}:
            click.echo("Under CI nothing may be skipped.", err=True)
            code = code or 1
    sys.exit(code)


def _parallel(arguments: tuple[str, ...]) -> list[str]:
    """Two processes for the suite, one where a person names files or says how many."""
    said = any(word.startswith(("-n", "--numprocesses", "--pdb")) for word in arguments)
    named = any(Path(word.split("::")[0]).exists() for word in arguments)
    return [] if said or named else ["-n", PROCESSES, "--dist", "worksteal"]
