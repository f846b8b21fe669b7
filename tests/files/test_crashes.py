"""Whatever dies on the way, a file is there once and whole, or it is forgotten."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

import app.domain.catalogue  # noqa: F401 - registers the objects
from app.core import storage
from app.core.actor import Actor
from app.core.ids import new_id
from app.core.permissions import EVERYTHING
from app.domain.files import actions
from app.domain.files.models import File
from tenants.context import Tenant, entered
from tenants.session import session, unit_of_work
from tests.conftest import S3
from tests.domain.files.sending import announce, later, png, send
from tests.files.process import MARK
from tests.workers.test_crashes import Site, site, until

__all__ = ["site"]
SENDER = Actor(kind="client", id=new_id(), name="Uploader", door="api", permissions=EVERYTHING)
PICTURE = png(900, 600)


@pytest.fixture
def place(app: Flask, tenant: Tenant, s3: S3) -> Iterator[Tenant]:
    with app.app_context(), entered(tenant):
        yield tenant
        session.remove()


@pytest.fixture
def workers(site: Site, s3: S3, tmp_path: Path) -> Callable[[], Any]:
    """workers() starts a process of workers; the first one stops short."""
    site.environ |= {"KITH_S3_ENDPOINT_URL": s3.url, "KITH_S3_PUBLIC_URL": s3.url}
    site.environ |= {"AWS_ACCESS_KEY_ID": s3.access, "AWS_SECRET_ACCESS_KEY": s3.secret}
    site.environ[MARK] = str(tmp_path / "stopped")
    return lambda: site.start("fast,bulk,relay", module="tests.files.process")


def stored(file_id: UUID) -> File | None:
    with unit_of_work(read_only=True):
        return session.get(File, file_id)


def test_whoever_dies_after_sending_completes_later(place: Tenant) -> None:
    upload = announce(SENDER, "pump.png", PICTURE)
    assert send(upload, PICTURE) == 200
    # The sender died here; another process of his finishes, twice to be sure.
    for _ in range(2):
        with unit_of_work():
            assert actions.complete(SENDER, upload.id).state == "ready"


def test_whoever_never_comes_back_leaves_nothing(place: Tenant, app: Flask) -> None:
    sent, silent = announce(SENDER, "pump.png", PICTURE), announce(SENDER, "other.png", PICTURE)
    assert send(sent, PICTURE) == 200
    later(app)
    assert stored(sent.id) is stored(silent.id) is None
    assert storage.delete_all(f"{place.schema}/") == 0


def test_a_completion_that_is_rolled_back_is_done_again(place: Tenant) -> None:
    upload = announce(SENDER, "pump.png", PICTURE)
    assert send(upload, PICTURE) == 200
    with pytest.raises(RuntimeError, match="power"):
        complete_and_die(upload.id)
    file = stored(upload.id)
    assert file is not None
    assert file.state == "pending"
    with unit_of_work():
        assert actions.complete(SENDER, upload.id).state == "ready"


def complete_and_die(file_id: UUID) -> None:
    with unit_of_work():
        actions.complete(SENDER, file_id)
        raise RuntimeError("the power is gone")


def test_a_killed_worker_leaves_one_thumbnail(
    place: Tenant, workers: Callable[[], Any], tmp_path: Path
) -> None:
    upload = announce(SENDER, "pump.png", PICTURE)
    assert send(upload, PICTURE) == 200
    with unit_of_work():
        actions.complete(SENDER, upload.id)
    worker = workers()
    until((tmp_path / "stopped").exists)
    worker.kill()
    worker.wait()
    file = stored(upload.id)
    assert file is not None
    assert file.thumbnail_key is None
    workers()
    until(lambda: bool((found := stored(upload.id)) and found.thumbnail_key))
    assert storage.delete_all(f"{place.schema}/") == 2
