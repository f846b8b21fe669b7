"""migrate: the control database, the cells and every tenant's schema at their newest revision."""

import click

from app.commands import _environment, _output
from stack.errors import StackError
from tenants import engines, pooling, runner
from tenants.bootstrap import FIRST_CELL, bootstrap


@click.command()
@_output.json_option
def command(as_json: bool) -> None:
    """Bring all databases to the newest revision; a run that was interrupted goes on where it was."""
    settings = _environment.settings()
    engines.configure(settings.database_url, settings.secret_keys)
    if settings.admin_database_url:
        bootstrap(settings.admin_database_url, settings.database_url, settings.secret_keys)
    try:
        report = runner.migrate(None if as_json else _show)
    except runner.Busy as busy:
        raise StackError(f"{busy} Wait until it is done, then try again.") from None
    pooling.settle(FIRST_CELL, settings.pooler_url)
    _output.show(
        as_json,
        {"migrated": report.migrated, "failed": report.failed},
        f"All databases are at their newest revision; {report.migrated} tenants were behind",
    )
    if report.failed:
        raise StackError(f"{len(report.failed)} tenants could not be migrated; migration_errors says why.")


def _show(progress: runner.Progress) -> None:
    click.echo(f"{progress.cell}: {progress.done} of {progress.total} tenants, {progress.failed} failed")
