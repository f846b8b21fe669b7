"""One company out of a restored cluster, as a new one beside the one that lives."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from sqlalchemy import make_url

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
from tenants.secrets import Vault


def bring(restored: Restored, settings: Settings, slug: str, new_slug: str, *, quiet: bool) -> Tenant:
    """Start the restored cluster beside the living one and copy the company at `slug` out of it.

    Nobody else's rows are touched: it becomes a new company at `new_slug`. Safe to repeat.
    """
    if _clusters.CONTROL not in restored.holds:
        raise StackError(
            "This cluster holds no catalogue, so it does not know who its companies are: restore the cluster"
            " of the catalogue beside it, or put this one in its place."
        )
    archive = restored.folder / f"{slug}.zip"
    with at_work(quiet) as (_, told):
        with _past(restored, settings):
            taking.to_file(find(slug), archive, told)
        tenant, _ = importing.bring(archive, Wish(new_slug, plan=settings.plan, timers=False), told)
    archive.unlink()
    return tenant


@contextmanager
def _past(restored: Restored, settings: Settings) -> Iterator[None]:
    """Within the block this process works on the restored cluster, which runs for so long."""
    with postgres.running(restored.folder) as server:
        secret = cluster.password(restored.folder)
        control = _at(server.port, secret, settings.database_url)
        _point_cells_home(control, server.port, secret, restored, settings)
        # A backup may be older than this release.
        runner.migrate_control(control)
        try:
            engines.configure(control, settings.secret_keys)
            catalogue.forget()
            yield
        finally:
            engines.configure(settings.database_url, settings.secret_keys)
            catalogue.forget()


def _point_cells_home(control: str, port: int, secret: str, restored: Restored, settings: Settings) -> None:
    """The restored catalogue leads to the restored cells, and never to those that live."""
    vault = Vault(control, settings.secret_keys)
    with psycopg.connect(control, autocommit=True) as link:
        for cell, sealed in link.execute("SELECT id, dsn_encrypted FROM kith.cells").fetchall():
            here = cell in restored.holds
            url = _at(port, secret, vault.open(sealed)) if here else "postgresql://gone@127.0.0.1:1/gone"
            link.execute(
                "UPDATE kith.cells SET dsn_encrypted = %s, pooler_encrypted = NULL, down_since = NULL"
                " WHERE id = %s",
                [vault.seal(url), cell],
            )


def _at(port: int, secret: str, url: str) -> str:
    """The database of `url` on the restored server."""
    return postgres.url(port, secret, str(make_url(url).database))
