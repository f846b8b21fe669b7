"""tenant export, import and move: whole companies out to a file, in from one, and to another cell."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from app.commands import _environment, _output
from app.config import Settings, subdomain
from app.core.errors import KithError
from app.domain.lifecycle import importing, taking
from app.domain.lifecycle.archive import BadArchive
from app.domain.lifecycle.importing import Wish
from app.factory import create_app
from stack.errors import StackError
from tenants import catalogue, operations
from tenants.context import Tenant
from tenants.copying import ending, moving
from tenants.operations import Operation
from tenants.placing import NoRoom
from tenants.provisioning import SlugTaken

Told = Callable[[Operation], None]

WORDS = {
    "build": "Building the schema",
    "rows": "Rows",
    "files": "Files",
    "verify": "Verifying",
    "index": "Indexes and references",
    "people": "People and apps",
    "open": "Opening",
    "copy": "Copying while it works",
    "catch up": "Catching up",
    "close": "Closing for a moment",
    "last changes": "Last changes",
    "compare": "Comparing",
    "flip": "Opening over there",
    "count": "Counting",
    "database": "Rows and roles",
    "queue": "Queues",
    "look": "Looking for what is left",
    "catalogue": "People and accounts",
}
SLUGS = "give another --slug, of small letters, digits and hyphens."


@click.command()
@click.argument("slug")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@_output.json_option
def export(slug: str, file: Path, as_json: bool) -> None:
    """Write everything of a company into FILE while it works: rows, files, people; no passwords, no tokens.

    The same command again goes on with an export that was killed.
    """
    with at_work(as_json) as (_, told):
        done = taking.to_file(find(slug), file, told)
    if done.state == "cancelled":
        raise StackError("The export was cancelled.")
    rows = sum(each["rows"] for each in done.data["tables"].values())
    document = {"file": str(file), "bytes": done.data["bytes"], "rows": rows, "missing": done.data["missing"]}
    words = f"{file}: {rows:,} rows in {done.data['bytes']:,} bytes."
    if done.data["missing"]:
        words += f" {len(done.data['missing'])} files were removed meanwhile."
    _output.show(as_json, document, words)


@click.command(name="import")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--slug", required=True, help="The new workspace's address: SLUG.example.com.")
@click.option("--name", help="The company's name; as in the archive where it is left out.")
@click.option("--cell", help="The cell to live in; the emptiest where it is left out.")
@click.option(
    "--timers/--no-timers", default=None,
    help="Bring what is due and mails that wait. By itself only where the original does not live here.",
)  # fmt: skip
@_output.json_option
def import_(
    *, file: Path, slug: str, name: str | None, cell: str | None, timers: bool | None, as_json: bool
) -> None:
    """Bring a company back from FILE as a new one, verified before anything is made.

    The same command again begins anew after an import that was killed.
    """
    with at_work(as_json) as (settings, told):
        wish = Wish(slug, cell, name, settings.plan, timers)
        tenant, done = importing.bring(file, wish, told)
    rows = sum(each["rows"] for each in done.data["tables"].values())
    url = subdomain(settings.base_url, tenant.slug)
    document = {
        "id": str(tenant.id), "slug": tenant.slug, "url": url, "cell": tenant.cell, "rows": rows,
        "timers": done.data["timers"],
    }  # fmt: skip
    words = f"{tenant.name} is at {url}: {rows:,} rows with equal checksums, {done.data['timers']} timers."
    _output.show(as_json, document, words)


@click.command()
@click.argument("slug")
@click.option("--to", "cell", metavar="CELL", help="Move there.")
@click.option("--confirm", is_flag=True, help="The move was good: remove the rows in the old cell.")
@click.option("--back", is_flag=True, help="Move back, with everything written since.")
@_output.json_option
def move(*, slug: str, cell: str | None, confirm: bool, back: bool, as_json: bool) -> None:
    """Move a company to another cell: copied while it works, closed for seconds, checksums compared.

    Until --confirm (or for seven days) the old rows are kept and --back leads back.
    """
    if sum((cell is not None, confirm, back)) != 1:
        raise StackError("Say one of --to CELL, --confirm and --back.")
    with at_work(as_json) as (_, told):
        tenant = find(slug)
        if confirm:
            done = moving.confirm(tenant)
        elif back:
            done = moving.back(tenant, told)
        else:
            done = moving.move(tenant, cell or "", told)
        tenant = find(slug)
    _output.show(as_json, _moved(tenant, done), _told_of(tenant, done))


def _moved(tenant: Tenant, done: Operation) -> dict[str, object]:
    return {
        "slug": tenant.slug,
        "cell": tenant.cell,
        "epoch": tenant.epoch,
        "state": done.state,
        "frozen_seconds": done.data.get("frozen_seconds"),
    }


def _told_of(tenant: Tenant, done: Operation) -> str:
    if done.state == "done":
        return f"{tenant.name} is in {tenant.cell} for good."
    if done.state == "cancelled":
        return f"The move was cancelled: {tenant.name} is in {tenant.cell}."
    rows = sum(each[0] for each in done.data.get("tables", {}).values())
    return (
        f"{tenant.name} is in {tenant.cell}: {rows:,} rows with equal checksums, closed for"
        f" {done.data.get('frozen_seconds', 0):.1f} s. The old rows stay until"
        f" ./kith tenant move {tenant.slug} --confirm; --back leads back."
    )


@contextmanager
def at_work(quiet: bool) -> Iterator[tuple[Settings, Told]]:
    """An app context, a bar of progress, and refusals as sentences."""
    settings = _environment.settings()
    with create_app(settings).app_context(), _bar(quiet) as told:
        try:
            yield settings, told
        except SlugTaken as error:
            raise StackError(f"{error} is taken or cannot be an address: {SLUGS}") from None
        except (BadArchive, ending.CannotMove, operations.AlreadyRunning, NoRoom, KithError) as error:
            raise StackError(str(error)) from None


@contextmanager
def _bar(quiet: bool) -> Iterator[Told]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True, quiet=quiet), transient=True) as bar:
        task = bar.add_task("", total=None)

        def told(operation: Operation) -> None:
            words = WORDS.get(operation.step, operation.step)
            bar.update(task, description=words, completed=operation.done, total=operation.total)

        yield told


def find(slug: str) -> Tenant:
    """The company at that address; StackError where there is none."""
    catalogue.forget()
    tenant = catalogue.by_slug(slug)
    if tenant is None:
        raise StackError(f"There is no workspace {slug}: ./kith tenant list shows them.")
    return tenant
