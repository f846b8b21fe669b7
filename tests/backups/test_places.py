"""A folder and a bucket keep what they are given, and nothing is written over by mistake."""

from pathlib import Path

import pytest

from app.config import Settings
from stack.backups.places import Bucket, Folder, Place, below, place
from stack.errors import StackError
from tests.conftest import S3


@pytest.fixture(params=["folder", "bucket"])
def kept(request: pytest.FixtureRequest, tmp_path: Path, settings: Settings) -> Place:
    """A place for backups of each kind."""
    if request.param == "folder":
        return Folder(tmp_path / "backups")
    s3: S3 = request.getfixturevalue("s3")
    return Bucket(settings.s3_bucket, f"backups/{tmp_path.name}", s3.url)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "segment"
    path.write_bytes(b"log " * 1000)
    return path


def test_what_was_put_is_listed_and_fetched(kept: Place, file: Path, tmp_path: Path) -> None:
    kept.put("wal/1.gz", file)
    below(kept, "base").put("x/backup.json", file)
    assert [entry.name for entry in kept.entries("wal/")] == ["wal/1.gz"]
    assert [entry.name for entry in kept.entries()] == ["base/x/backup.json", "wal/1.gz"]
    kept.fetch("wal/1.gz", tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == file.read_bytes()
    kept.remove("wal/1.gz")
    kept.remove("wal/1.gz")
    assert kept.entries("wal/") == []


def test_the_same_again_is_fine_and_another_is_refused(kept: Place, file: Path) -> None:
    kept.put("wal/1.gz", file)
    kept.put("wal/1.gz", file)
    file.write_bytes(b"another")
    with pytest.raises(StackError, match="holds another"):
        kept.put("wal/1.gz", file)
    kept.put("wal/1.gz", file, replace=True)
    assert kept.entries()[0].size == len(b"another")


def test_what_is_missing_is_a_sentence(kept: Place, tmp_path: Path) -> None:
    with pytest.raises(StackError, match="cannot be used"):
        kept.fetch("wal/none.gz", tmp_path / "copy")


def test_places_by_name(tmp_path: Path) -> None:
    bucket = place("s3://backups/kith/one", {"KITH_S3_ENDPOINT_URL": "http://127.0.0.1:1"})
    assert bucket.text == "s3://backups/kith/one"
    assert place(str(tmp_path), {}).text == str(tmp_path)
    for wrong in ("s3://", "ftp://example.com/backups"):
        with pytest.raises(StackError):
            place(wrong, {})
