"""restore: a whole cluster as it was at a moment, beside the one that runs or in its place."""

import os
import shutil
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import click

from app.commands import _beside, _environment, _output
from app.commands._clusters import CONTROL
from stack import cluster, postgres, running
from stack.backups import base, removals, replacing, restoring
from stack.backups.base import Base
from stack.backups.places import Place, below, place
from stack.backups.restoring import Restored
from stack.errors import StackError
from stack.servers import DATABASE

NEWEST = "newest"


@click.command()
@click.option("--to", metavar="TIME", help="Like 2026-03-05T14:30Z, or newest.")
@click.option("--from", "source", metavar="PLACE", help="Where the backups are (KITH_BACKUP).")
@click.option("--cell", help="The cluster that holds this cell, where the place has several.")
@click.option("--timeline", type=int, help="Another past than the newest, after an earlier restore.")
@click.option("--into", type=click.Path(path_type=Path), help="The folder to restore into.")
@click.option("--replace", is_flag=True, help="Take the place of the cluster of the data folder.")
@click.option(
    "--place",
    "present",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="Take the place of this data folder, where --cell has a server of its own.",
)
@click.option("--tenant", metavar="SLUG", help="Copy this company out of it, beside the one that lives.")
@click.option("--server", metavar="URL", help="Take --tenant from a server that was restored elsewhere.")
@click.option("--as", "new_slug", metavar="SLUG", help="The copy's address.")
@_output.json_option
def command(
    *,
    to: str | None,
    source: str | None,
    cell: str | None,
    timeline: int | None,
    into: Path | None,
    replace: bool,
    present: Path | None,
    tenant: str | None,
    new_slug: str | None,
    server: str | None,
    as_json: bool,
) -> None:
    """Bring a cluster back as it was: into a folder of its own, and if wished into its old place.

    With --tenant one company of it comes back under another address, and all others stay untouched.
    With --replace Kith must be stopped; the old cluster is kept beside. A time without a zone is UTC.
    """
    data_dir = _environment.data_dir()
    if bool(tenant) != bool(new_slug) or (tenant and (replace or into)):
        raise StackError("One company comes back by --tenant SLUG --as NEW-SLUG, no --replace and no --into.")
    if server and tenant and new_slug:
        _from_server(server, tenant, new_slug, data_dir / "restored", as_json)
        return
    if not to or server:
        raise StackError("Say the moment: --to TIME or --to newest; or --server URL with --tenant and --as.")
    if present:
        _refuse_place(present, cell, is_alone=not (tenant or replace or into))
    if replace and running.is_up(data_dir):
        raise StackError("Stop Kith first (Ctrl-C where it runs): its cluster cannot be replaced under it.")
    moment = moment_of(to)
    mine = cluster_of(place_of(source), cell, data_dir / "backup")
    name = f"{moment:%Y%m%dT%H%M%S.%fZ}" if moment else NEWEST
    # What one company is copied out of is changed on the way: it takes nobody's place.
    folder = into or data_dir / "restored" / (f"{name}-{new_slug}" if new_slug else name)
    secret = data_dir / "postgres" / "password"
    if present:
        # Beside it, so that taking its place is a rename.
        folder = present.parent / f"{present.name}.restored-{name}"
        secret = present.with_name("password")
    restored = restore(mine, folder, moment, timeline, secret)
    document: dict[str, Any] = {
        **asdict(restored),
        "replaced": bool(replace or present),
        "before": None,
        "place": present,
    }
    if present:
        document["before"] = _take_place(restored, present)
    if tenant and new_slug:
        copy = _beside.bring(restored, _environment.settings(), tenant, new_slug, quiet=as_json)
        document["tenant"] = {"id": str(copy.id), "slug": copy.slug}
        shutil.rmtree(folder)
    if replace:
        document["removed_again"] = _remove_again(restored, mine, data_dir / "backup")
        document["before"] = replacing.replace(folder, data_dir / "postgres")
    _output.show(as_json, document, "\n".join(told(restored, moment, document)))


def _from_server(server: str, tenant: str, new_slug: str, folder: Path, as_json: bool) -> None:
    copy = _beside.bring_from(server, _environment.settings(), tenant, new_slug, folder, quiet=as_json)
    document = {"tenant": {"id": str(copy.id), "slug": copy.slug}}
    _output.show(as_json, document, f"The company is at {copy.slug}, beside the one that lives.")


def moment_of(text: str) -> datetime | None:
    """The moment that a person means; None is the newest there is."""
    if text == NEWEST:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise StackError(f"{text} is no time: write it like 2026-03-05T14:30:00Z, or newest.") from None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    if moment > datetime.now(UTC):
        raise StackError(f"{text} has not come yet.")
    return moment.astimezone(UTC)


def place_of(source: str | None) -> Place:
    """Where the backups are: what the person said, the variable, or what the running stack uses."""
    named = source or os.environ.get("KITH_BACKUP")
    if not named:
        try:
            named = _environment.settings().backup
        except StackError:
            named = None
    if not named:
        raise StackError("Say where the backups are: --from PLACE, or set KITH_BACKUP.")
    return place(named)


def cluster_of(source: Place, cell: str | None, scratch: Path) -> Place:
    """The part of a place with the backups of one cluster: that of `cell`, else the only one."""
    numbers = {entry.name.split("/")[0] for entry in source.entries() if entry.name.endswith(base.MARK)}
    newest = [(found[-1], number) for number in numbers if (found := _bases(source, number, scratch))]
    fitting = [(each, number) for each, number in newest if cell is None or cell in each.holds]
    if not fitting:
        raise StackError(f"{source.text} holds no base backup{f' of {cell}' if cell else ''}.")
    if cell is None and len(fitting) > 1:
        cells = sorted({name for each, _ in fitting for name in each.holds})
        raise StackError(f"{source.text} holds several clusters: choose one by --cell ({', '.join(cells)}).")
    return below(source, max(fitting, key=lambda each: each[0].ended_at)[1])


def _bases(source: Place, number: str, scratch: Path) -> Sequence[Base]:
    return base.found(below(source, number), scratch / number)


def restore(
    mine: Place, folder: Path, moment: datetime | None, timeline: int | None, secret: Path
) -> Restored:
    """The cluster in `folder`, with the superuser's password in the file `secret` where there is one."""
    folder.parent.mkdir(parents=True, exist_ok=True, mode=0o711)
    folder.mkdir(exist_ok=True, mode=0o711)
    if secret.exists() and not (folder / "password").exists():
        shutil.copy(secret, folder / "password")
    told = partial(click.echo, err=True)
    return restoring.restore(mine, folder, moment, timeline=timeline, told=told)


def _refuse_place(present: Path, cell: str | None, *, is_alone: bool) -> None:
    if not cell or not is_alone:
        raise StackError("A cell's own server comes back by --cell CELL --place FOLDER and nothing else.")
    if present.exists():
        replacing.refuse_running(present)


def _take_place(restored: Restored, present: Path) -> Path:
    """The cell's cluster where its server looks for it; that of the catalogue comes back by --replace."""
    if CONTROL in restored.holds:
        raise StackError("This cluster holds the catalogue too: bring it back by --replace.")
    before = replacing.take_place(restored.folder, present)
    secret = present.with_name("password")
    if not secret.exists():
        shutil.move(restored.folder / "password", secret)
    shutil.rmtree(restored.folder)
    return before


def _remove_again(restored: Restored, mine: Place, scratch: Path) -> list[str]:
    """Companies that were removed since then do not come back: Kith removes them anew once it runs."""
    ids = removals.known(mine, scratch)
    if not ids or CONTROL not in restored.holds:
        return []
    with postgres.running(restored.folder) as server:
        secret = cluster.password(restored.folder)
        return removals.remove_again(postgres.url(server.port, secret, DATABASE), ids)


def told(restored: Restored, moment: datetime | None, document: dict[str, Any]) -> list[str]:
    """What a person has to know now."""
    reached = f"{restored.reached:%Y-%m-%d %H:%M:%S.%f} UTC" if restored.reached else "the base backup itself"
    lines = [f"Restored: the last change in it is of {reached} ({', '.join(restored.holds)})."]
    if not restored.covered:
        lines.append(f"The log is not known to be whole until {moment}: later changes may be missing.")
    if "tenant" in document:
        lines.append(f"The company is at {document['tenant']['slug']}, beside the one that lives.")
        return lines
    if not document["replaced"]:
        lines.append(f"It lies in {restored.folder}, stopped. With --replace it goes to work.")
        return lines
    if document["before"]:
        lines.append(f"It has taken the place of the old cluster, which is kept in {document['before']}.")
    if document["place"]:
        secret = document["place"].with_name("password")
        lines.append(f"Its superuser's password is the one in {secret}.")
        return [*lines, f"Start the server on {document['place']}, then look at ./kith doctor."]
    if document["removed_again"]:
        again = ", ".join(document["removed_again"])
        lines.append(f"Removed for good since then, so they go again once it runs: {again}.")
    lines.append("./kith up starts it. Files that were removed since then are not in S3 any more.")
    return lines
