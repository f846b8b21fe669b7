"""The drill: a Kith that works is backed up, and one company comes back beside the one that lives."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import select

from app import config
from app.commands import _check_backups
from app.commands.backup import command as backup
from app.commands.restore import command as restore
from app.commands.tenant import command as tenants
from app.config import Settings
from app.core import process
from app.core.actor import Actor
from app.core.permissions import EVERYTHING
from app.domain.contacts.models import Contact
from app.factory import create_app
from app.records import writing
from stack import postgres
from stack.backups import clusters
from stack.backups.places import Folder
from tenants import catalogue, engines
from tenants.context import Tenant, entered
from tenants.session import session, unit_of_work
from tests import ground
from tests.backups.test_moment import SMALL, is_received, streaming
from tests.cast import PASSWORD
from tests.conftest import S3
from tests.domain.lifecycle.everywhere import summed
from tests.workers.test_crashes import until

ANYBODY = Actor(kind="system", id=None, name="Drill", door="command", permissions=EVERYTHING)


@dataclass(frozen=True)
class Installation:
    """A Kith of its own: the application on it, its cluster's superuser, its backups, a folder for itself."""

    app: Flask
    settings: Settings
    admin_url: str
    backups: Folder
    folder: Path


@pytest.fixture
def own(environ: dict[str, str], s3: S3, tmp_path: Path) -> dict[str, str]:
    """The variables of a Kith of its own, but for its cluster."""
    folders = {"KITH_DATA_DIR": str(tmp_path), "KITH_BACKUP": str(tmp_path / "backups")}
    return {**environ, **folders, "KITH_S3_ENDPOINT_URL": s3.url}


@pytest.fixture
def kith(
    app: Flask, settings: Settings, own: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Installation]:
    """A Kith on a small cluster of its own; afterwards this process is the run's again."""
    with postgres.running(tmp_path / "postgres", durable=False, settings=SMALL) as server:
        url = ground.control_url(server.admin_url, "kith")
        own["KITH_DATABASE_URL"] = url
        for name, value in own.items():
            monkeypatch.setenv(name, value)
        ground.prepare(server.admin_url, url, settings.secret_keys)
        mine = config.load(own)
        place = Folder(tmp_path / "backups" / clusters.identify(server.admin_url).number)
        app = create_app(mine)
        # Others of the same name may be remembered.
        catalogue.forget()
        yield Installation(app, mine, server.admin_url, place, tmp_path)
    engines.configure(settings.database_url, settings.secret_keys, ground.POOLS)
    process.configure(settings)
    catalogue.forget()


@pytest.mark.long
def test_one_company_comes_back_beside_the_living(kith: Installation) -> None:
    mine, other = _sign_up("nordwind"), _sign_up("kestrel")
    with streaming(kith.admin_url, kith.backups, kith.folder / "spool"):
        _run(backup)
        _add(kith, mine, "Before")
        mark = datetime.now(UTC)
        _add(kith, mine, "After")
        _add(kith, other, "Elsewhere")
        until(lambda: is_received(kith.admin_url))
        assert [row.state for row in _check_backups.check(kith.settings)] == ["ok", "ok"]
    before = {tenant.slug: summed(tenant.cell, tenant.schema) for tenant in (mine, other)}
    told = _run(restore, "--to", mark.isoformat(), "--tenant", "nordwind", "--as", "nordwind-then")
    assert datetime.fromisoformat(told["reached"]) <= mark
    copy = catalogue.by_slug("nordwind-then")
    assert copy is not None
    assert _contacts(kith, copy) == ["Before"]
    assert _contacts(kith, mine) == ["After", "Before"]
    assert {tenant.slug: summed(tenant.cell, tenant.schema) for tenant in (mine, other)} == before


def _sign_up(slug: str) -> Tenant:
    words = ("create", "--slug", slug, "--name", slug.title(), "--owner-email", f"ann@{slug}.example")
    _run(tenants, *words, "--owner-password", PASSWORD)
    tenant = catalogue.by_slug(slug)
    assert tenant is not None
    return tenant


def _add(kith: Installation, tenant: Tenant, name: str) -> None:
    with kith.app.app_context(), entered(tenant), unit_of_work():
        writing.create(ANYBODY, "contacts", {"first_name": name, "last_name": "Meyer"})


def _contacts(kith: Installation, tenant: Tenant) -> list[str]:
    with kith.app.app_context(), entered(tenant), unit_of_work(read_only=True):
        return sorted(session.scalars(select(Contact.first_name)).all())


def _run(verb: click.Command, *arguments: str) -> Any:
    result = CliRunner().invoke(verb, [*arguments, "--json"], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)
