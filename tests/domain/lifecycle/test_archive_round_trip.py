"""A company leaves as one file and comes back as it was, beside others that notice nothing."""

import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest
from flask import Flask
from sqlalchemy import select, text

from app.core import storage
from app.domain.files.models import File
from app.domain.identities.models import Membership
from app.domain.lifecycle import importing
from app.domain.lifecycle.archive import BadArchive
from app.domain.lifecycle.importing import Wish
from tenants import catalogue, operations, provisioning, revisions
from tenants.context import entered
from tenants.copying import site
from tenants.session import session, unit_of_work
from tests.cast import ANN, Workspace
from tests.conftest import S3
from tests.domain.lifecycle import taking
from tests.tenants.estate import REVISION


@pytest.fixture
def archive(app: Flask, s3: S3, nordwind: Workspace, tmp_path: Path) -> Iterator[Path]:
    """Nordwind in a file."""
    with app.app_context():
        taking.furnish(nordwind)
        taking.take(nordwind.tenant, tmp_path / "nordwind.kith")
        yield tmp_path / "nordwind.kith"


def test_company_comes_back_with_equal_totals(archive: Path, nordwind: Workspace, kestrel: Workspace) -> None:
    before = taking.totals(nordwind.tenant), taking.totals(kestrel.tenant)
    copy, told = importing.bring(archive, Wish("nordwind-again"))

    after = taking.totals(copy)
    moved = {"files", "members", "grants"}  # places and people are this company's own
    assert {name: each for name, each in after.items() if name not in moved} == {
        name: each for name, each in before[0].items() if name not in moved
    }
    assert {name: after[name].rows for name in moved} == {name: before[0][name].rows for name in moved}
    assert (taking.totals(nordwind.tenant), taking.totals(kestrel.tenant)) == before
    assert (copy.state, told.state, copy.name) == ("active", "done", "Nordwind GmbH")


def test_files_come_along_under_places_of_their_own(archive: Path, nordwind: Workspace) -> None:
    copy, _ = importing.bring(archive, Wish("nordwind-again"))
    with entered(copy), unit_of_work(read_only=True):
        file = session.scalars(select(File).order_by(File.name)).first()

    assert file is not None
    assert file.storage_key.startswith(f"{copy.schema}/")
    assert storage.get(file.storage_key) == taking.PICTURE
    storage.delete_all(f"{nordwind.tenant.schema}/")
    assert storage.get(file.storage_key) == taking.PICTURE


def test_people_belong_to_the_copy_too(archive: Path, nordwind: Workspace) -> None:
    copy, _ = importing.bring(archive, Wish("nordwind-again"))
    with unit_of_work(read_only=True):
        members = session.scalars(select(Membership.identity_id).where(Membership.tenant_id == copy.id)).all()
    assert set(members) == set(nordwind.identities.values())


def test_copy_beside_the_living_keeps_quiet(archive: Path) -> None:
    _, quiet = importing.bring(archive, Wish("nordwind-again"))
    _, loud = importing.bring(archive, Wish("nordwind-loud", timers=True))
    assert (quiet.data["timers"], loud.data["timers"]) == (0, 1)


def test_no_secret_leaves(archive: Path, nordwind: Workspace) -> None:
    with zipfile.ZipFile(archive) as file:
        everything = b"".join(file.read(name) for name in file.namelist())
        people = orjson.loads(file.read("people.json"))
    assert b"$argon2" not in everything
    assert {each["email"] for each in people} == set(nordwind.identities)
    assert ANN.email.encode() in everything


@pytest.mark.parametrize("damage", ["cut", "changed", "swapped", "newer"])
def test_damaged_archive_is_refused_before_anything_is_made(archive: Path, damage: str) -> None:
    _damage(archive, damage)
    with pytest.raises(BadArchive):
        importing.bring(archive, Wish("nordwind-again"))
    assert provisioning.is_free("nordwind-again")
    assert operations.running("import") == []


def test_older_archive_is_brought_to_the_present(archive: Path, revised: str) -> None:
    copy, _ = importing.bring(archive, Wish("nordwind-again"))
    with entered(copy), unit_of_work(read_only=True):
        sizes = session.execute(text("SELECT DISTINCT shoe_size FROM contacts")).scalars().all()
    assert (copy.schema_rev, sizes) == (revised, [42])
    site.remove(copy.cell, copy.schema)


@pytest.fixture
def revised(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, archive: Path) -> Iterator[str]:
    """A release with one more revision than the archive knows; its name."""
    folder = tmp_path / "migrations"
    shutil.copytree(revisions.FOLDER, folder)
    newest = REVISION.format(
        revision="0999", down=revisions.head("tenant"), later=(),
        sql="ALTER TABLE contacts ADD COLUMN shoe_size integer DEFAULT 42",
    )  # fmt: skip
    (folder / "tenant" / "versions" / "0999_shoes.py").write_text(newest)
    monkeypatch.setattr(revisions, "FOLDER", folder)
    revisions.forget()
    yield "0999"
    monkeypatch.undo()
    revisions.forget()


def test_bomb_is_refused(app: Flask, ground_floor: None, tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.kith"
    size = 300_000_000
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as file:
        with file.open("rows/contacts.csv", "w") as entry:
            for _ in range(30):
                entry.write(bytes(size // 30))
        listed = [{"name": "rows/contacts.csv", "size": size, "sha256": ""}]
        file.writestr("manifest.json", orjson.dumps({"kind": "kith company", "format": 1, "entries": listed}))
    with app.app_context(), pytest.raises(BadArchive, match="far more"):
        importing.bring(bomb, Wish("bomb"))


def test_killed_import_is_begun_anew(
    archive: Path, nordwind: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(operation: operations.Operation) -> None:
        if operation.step == "files":
            raise KeyboardInterrupt

    with monkeypatch.context() as dead:
        dead.setattr(importing, "_give_up", lambda _: None)
        dead.setattr(operations, "fail", lambda *_: None)
        with pytest.raises(KeyboardInterrupt):
            importing.bring(archive, Wish("nordwind-again"), die)
    left = catalogue.by_slug("nordwind-again")
    assert left is not None
    assert left.state == "moving"

    copy, _ = importing.bring(archive, Wish("nordwind-again"))
    assert copy.schema != left.schema
    assert catalogue.by_id(left.id) is None
    assert taking.totals(copy)["contacts"] == taking.totals(nordwind.tenant)["contacts"]


def _damage(path: Path, how: str) -> None:
    whole = path.read_bytes()
    if how == "cut":
        path.write_bytes(whole[: len(whole) // 2])
    elif how == "changed":
        place = whole.index(b"bytes of a picture")
        path.write_bytes(whole[:place] + b"B" + whole[place + 1 :])
    else:
        _rewrite(path, how)


def _rewrite(path: Path, how: str) -> None:
    with zipfile.ZipFile(path) as file:
        entries = {name: file.read(name) for name in file.namelist()}
    manifest = orjson.loads(entries["manifest.json"])
    if how == "newer":
        manifest["revision"] = "9999"
    else:
        entries["rows/contacts.csv"] = entries["rows/contacts.csv"].replace(b"NULL", b"NILL")
    entries["manifest.json"] = orjson.dumps(manifest)
    with zipfile.ZipFile(path, "w") as file:
        for name, body in entries.items():
            file.writestr(name, body)


@pytest.mark.parametrize(
    "wrong",
    [
        {"tenant": {"id": "x", "schema": "t_x", "name": "A"}},
        {"tables": {"contacts": {"rows": "many"}}},
        {"later": None},
        {"tables": {"pg_authid": {"columns": [], "rows": 0, "checksum": "0"}}},
        {"revision": 1},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_manifest_that_lies_is_refused(archive: Path, wrong: dict[str, object]) -> None:
    with zipfile.ZipFile(archive) as file:
        entries = {name: file.read(name) for name in file.namelist()}
    entries["manifest.json"] = orjson.dumps({**orjson.loads(entries["manifest.json"]), **wrong})
    with zipfile.ZipFile(archive, "w") as file:
        for name, body in entries.items():
            file.writestr(name, body)
    with pytest.raises(BadArchive):
        importing.bring(archive, Wish("nordwind-again"))
    assert provisioning.is_free("nordwind-again")
