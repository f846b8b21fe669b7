"""One company out of a restored cluster, as a new one beside the one that lives."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from sqlalchemy import URL, make_url

from app.commands import _clusters
from app.commands._taking import at_work, find
from app.config import Settings
from app.domain.lifecycle import importing, taking
from app.domain.lifecycle.importing import Wish
from stack import cluster, postgres
from stack.backups.restoring import Restored
from stack.errors import StackError
from tenants import catalogue, engines, runner
from tenants.context import Tenant
from tenants.driver import psycopg_url

NOWHERE = "postgresql://gone@127.0.0.1:1/gone"

# What of an address of the living installation leads to the restored one, None where that has not got it.
Home = Callable[[str, URL], URL | None]


def bring(restored: Restored, settings: Settings, slug: str, new_slug: str, *, quiet: bool) -> Tenant:
    """Start the restored cluster beside the living one and copy the company at `slug` out of it.

    Nobody else's rows are touched: it becomes a new company at `new_slug`. Safe to repeat.
    """
    if _clusters.CONTROL not in restored.holds:
        raise StackError(
            "This cluster holds no catalogue, so it does not know who its companies are: restore the cluster"
            " of the catalogue beside it, or put this one in its place."
        )
    with postgres.running(restored.folder) as server:
        secret = cluster.password(restored.folder)

        def home(cell: str, url: URL) -> URL | None:
            here = cell in restored.holds
            return make_url(postgres.url(server.port, secret, str(url.database))) if here else None

        return _copy(home, settings, slug, new_slug, restored.folder / f"{slug}.zip", quiet=quiet)


def bring_from(
    server: str, settings: Settings, slug: str, new_slug: str, folder: Path, *, quiet: bool
) -> Tenant:
    """The same from a server that somebody else has set back and started; its catalogue is changed."""
    there, living = make_url(server), make_url(settings.database_url)
    if (there.host, there.port) == (living.host, living.port):
        raise StackError("This is the server that lives: name the one that was restored beside it.")

    def home(_: str, url: URL) -> URL | None:
        mine = (url.host, url.port) == (living.host, living.port)
        return there.set(database=url.database) if mine else None

    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return _copy(home, settings, slug, new_slug, folder / f"{slug}.zip", quiet=quiet)


def _copy(home: Home, settings: Settings, slug: str, new_slug: str, archive: Path, *, quiet: bool) -> Tenant:
    with at_work(quiet) as (_, told):
        with _past(home, settings):
            taking.to_file(find(slug), archive, told)
        tenant, _operation = importing.bring(archive, Wish(new_slug, plan=settings.plan, timers=False), told)
    archive.unlink()
    return tenant


@contextmanager
def _past(home: Home, settings: Settings) -> Iterator[None]:
    """Within the block this process works on the restored installation."""
    control = home(_clusters.CONTROL, make_url(settings.database_url))
    assert control is not None
    url = psycopg_url(control)
    _point_cells_home(url, home)
    # A backup may be older than this release.
    runner.migrate_control(url)
    try:
        engines.configure(url, settings.secret_keys)
        catalogue.forget()
        yield
    finally:
        engines.configure(settings.database_url, settings.secret_keys)
        catalogue.forget()


def _point_cells_home(control: str, home: Home) -> None:
    """The restored catalogue leads to the restored cells, and never to those that live."""
    vault = engines.engines().vault
    with psycopg.connect(control, autocommit=True) as link:
        for cell, sealed in link.execute("SELECT id, dsn_encrypted FROM kith.cells").fetchall():
            url = home(cell, make_url(vault.open(sealed)))
            link.execute(
                "UPDATE kith.cells SET dsn_encrypted = %s, pooler_encrypted = NULL, down_since = NULL"
                " WHERE id = %s",
                [vault.seal(psycopg_url(url) if url else NOWHERE), cell],
            )
