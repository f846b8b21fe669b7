"""Carrying received log: nothing is lost between two looks, and word of it is never ahead of it."""

import gzip
from pathlib import Path

import pytest

from stack.backups.places import Folder
from stack.backups.shipping import Shipper
from stack.errors import StackError

FIRST, SECOND = "000000010000000000000001", "000000010000000000000002"


class Turning(Folder):
    """While it takes a file, the receiver finishes the next one."""

    def __init__(self, root: Path, spool: Path) -> None:
        super().__init__(root)
        self.spool = spool

    def put(self, name: str, source: Path, *, replace: bool = False) -> None:
        super().put(name, source, replace=replace)
        partial = self.spool / f"{SECOND}.partial"
        if partial.exists():
            partial.rename(self.spool / SECOND)


@pytest.fixture
def spool(tmp_path: Path) -> Path:
    folder = tmp_path / "spool"
    folder.mkdir()
    (folder / FIRST).write_bytes(b"one")
    (folder / f"{SECOND}.partial").write_bytes(b"two")
    return folder


def test_what_becomes_whole_meanwhile_follows_with_the_next_look(tmp_path: Path, spool: Path) -> None:
    shipper = Shipper(spool, Turning(tmp_path / "backups", spool))
    known = []
    for _ in range(2):
        assert shipper.ship() == 1
        known.append(shipper.whole_until is not None)
    assert known == [False, True]
    assert gzip.decompress((tmp_path / "backups" / "wal" / f"{SECOND}.gz").read_bytes()) == b"two"
    assert list(spool.iterdir()) == []


def test_a_whole_file_takes_the_place_of_its_beginning(tmp_path: Path, spool: Path) -> None:
    place = Folder(tmp_path / "backups")
    Shipper(spool, place).ship()
    (spool / f"{SECOND}.partial").rename(spool / SECOND)
    Shipper(spool, place).ship()
    assert [entry.name for entry in place.entries()] == [f"wal/{FIRST}.gz", f"wal/{SECOND}.gz"]


def test_what_does_not_arrive_stays(tmp_path: Path, spool: Path) -> None:
    (tmp_path / "backups").write_text("no folder")
    shipper = Shipper(spool, Folder(tmp_path / "backups"))
    with pytest.raises(StackError):
        shipper.ship()
    assert (spool / FIRST).exists()
    assert shipper.whole_until is None
