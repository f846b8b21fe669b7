"""import: a table into a workspace, by the same way as in the browser, with a progress bar."""

import json
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

import app.domain.catalogue  # noqa: F401 - registers the objects
from app.commands import _environment, _output
from app.core.actor import Actor
from app.core.errors import Invalid, NotFound
from app.core.permissions import EVERYTHING
from app.domain.imports import actions, queries
from app.domain.imports.rules.plan import MATCHES, MODES
from app.domain.jobs.models import OVER
from app.factory import create_app
from app.records import registry
from stack.errors import StackError
from tenants import catalogue
from tenants.context import Tenant, entered
from tenants.session import unit_of_work

OPERATOR = Actor(kind="system", id=None, name="Kith", door="command", permissions=EVERYTHING)
POLL_SECONDS = 0.2
PATIENCE_SECONDS = 15.0


@click.command()
@click.option("--tenant", "slug", required=True, help="The slug of the workspace.")
@click.option("--object", "object_name", required=True, help="contacts, companies, orders, order_lines, ...")
@click.option("--match", type=click.Choice(MATCHES), help="How rows find the records they are about.")
@click.option("--mode", type=click.Choice(MODES), help="Create, update, both, or skip what is there.")
@click.option(
    "--map",
    "mapping",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help='JSON such as {"columns": {"Mail": "email", "Fax": null}, "mode": "both"}.',
)
@click.option("--loud", is_flag=True, help="Open incidents and tell people, as if it happened now.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@_output.json_option
def command(
    *,
    slug: str,
    object_name: str,
    match: str | None,
    mode: str | None,
    mapping: Path | None,
    loud: bool,
    file: Path,
    as_json: bool,
) -> None:
    """Import FILE and wait until every row has an answer."""
    given = {"match": match, "mode": mode, "is_quiet": False if loud else None}
    wanted = {**_mapping(mapping), **{key: value for key, value in given.items() if value is not None}}
    application = create_app(_environment.settings())
    with application.app_context(), entered(_tenant(slug)):
        try:
            job_id = _start(object_name, file, wanted)
        except Invalid as refused:
            raise StackError(_sentences(refused)) from None
        except NotFound:
            raise StackError(f"There is no object {object_name}: take one of {_objects()}.") from None
        status = _follow(job_id, file.name, quiet=as_json)
    _output.show(as_json, status, _words(status))
    if status["status"] != "done":
        sys.exit(1)


def _tenant(slug: str) -> Tenant:
    tenant = catalogue.by_slug(slug)
    if tenant is None:
        raise StackError(f"There is no workspace {slug}: ./kith tenant list shows them.")
    return tenant


def _objects() -> str:
    with unit_of_work(read_only=True):
        return ", ".join(each.name for each in registry.every())


def _mapping(path: Path | None) -> dict[str, Any]:
    if path is None:
        return {}
    try:
        found = json.loads(path.read_text("utf-8"))
    except ValueError as error:
        raise StackError(f"{path} is not JSON: {error}") from None
    if not isinstance(found, dict):
        raise StackError(f"{path} should hold one JSON object.")
    return found


def _start(object_name: str, file: Path, wanted: Mapping[str, Any]) -> UUID:
    with unit_of_work(), file.open("rb") as body:
        job = actions.upload(OPERATOR, object_name, file.name, body, thorough=True)
        if wanted:
            actions.map_as(OPERATOR, job.id, wanted)
        return actions.start(OPERATOR, job.id).id


def _follow(job_id: UUID, name: str, *, quiet: bool) -> dict[str, Any]:
    """What came of the import, once it is over."""
    console = Console(stderr=True, quiet=quiet)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    begun = time.monotonic()
    is_told = False
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(name, total=None)
        while True:
            status = _status(job_id)
            done = sum(status[state] for state in ("created", "updated", "skipped", "failed"))
            bar.update(task, completed=done, total=status["rows"] or None)
            if status["status"] in OVER:
                return status
            if status["status"] == "queued" and not is_told and time.monotonic() - begun > PATIENCE_SECONDS:
                click.echo("Still waiting for a worker: is ./kith up running?", err=True)
                is_told = True
            time.sleep(POLL_SECONDS)


def _status(job_id: UUID) -> dict[str, Any]:
    with unit_of_work(read_only=True):
        return queries.status(queries.one(OPERATOR, job_id))


def _words(status: Mapping[str, Any]) -> str:
    counts = ", ".join(f"{status[state]} {state}" for state in ("created", "updated", "skipped", "failed"))
    told = f"{status['file']}: {status['status']}, {status['rows']} rows: {counts}"
    if status["failed"]:
        told += f"\nThe refused rows with their reasons: /imports/{status['id']}/errors.csv"
    return told + (f"\n{status['error']}" if status["error"] else "")


def _sentences(refused: Invalid) -> str:
    return " ".join(problem.message % problem.data for problem in refused.problems)
