"""A cluster backed up while it works, and set back to a moment."""

import json
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
from click.testing import CliRunner

from app.commands.restore import command as restore
from stack import postgres
from stack.backups import base, clusters, replacing, restoring
from stack.backups.places import Folder
from stack.backups.stream import Stream
from stack.cluster import NEXT
from stack.errors import StackError
from tests.workers.test_crashes import until

SMALL = {"shared_buffers": "16MB", "max_connections": "40"}


@contextmanager
def streaming(url: str, place: Folder, spool: Path) -> Iterator[Stream]:
    """The log of the cluster on its way to `place` within the block."""
    stopping = threading.Event()
    stream = Stream(url, place, spool, stopping)
    thread = threading.Thread(target=stream.run)
    thread.start()
    try:
        yield stream
    finally:
        stopping.set()
        thread.join()


def test_a_moment_comes_back(tmp_path: Path) -> None:
    place = Folder(tmp_path / "backups")
    with running(tmp_path / "pg") as (url, admin):
        admin.execute("CREATE TABLE deeds (name text)")
        clusters.keep_log(url)
        with streaming(url, place, tmp_path / "spool"):
            taken = base.take(url, place, tmp_path / "scratch", holds=["cell-1"])
            admin.execute("INSERT INTO deeds VALUES ('before')")
            mark = datetime.now(UTC)
            admin.execute("INSERT INTO deeds VALUES ('after')")
            until(lambda: is_received(url))
    (tmp_path / "back").mkdir(mode=0o711)
    shutil.copy(tmp_path / "pg" / "password", tmp_path / "back")
    restored = restoring.restore(place, tmp_path / "back", mark, durable=False)
    assert restored.base == taken.id
    assert restored.reached is not None
    assert restored.reached <= mark
    old = replacing.replace(tmp_path / "back", tmp_path / "pg")
    assert old is not None
    assert (old / "PG_VERSION").exists()
    with running(tmp_path / "pg") as (_, admin):
        assert admin.execute("SELECT name FROM deeds").fetchall() == [("before",)]


def test_a_cells_own_server_comes_back_by_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KITH_DATA_DIR", str(tmp_path / "kith"))
    present = tmp_path / "pg" / "cluster"
    with running(tmp_path / "pg") as (url, admin):
        admin.execute("CREATE TABLE deeds (name text)")
        place = Folder(tmp_path / "backups" / clusters.identify(url).number)
        clusters.keep_log(url)
        with streaming(url, place, tmp_path / "spool"):
            base.take(url, place, tmp_path / "scratch", holds=["cell-2"])
            admin.execute("INSERT INTO deeds VALUES ('before')")
            mark = datetime.now(UTC)
            admin.execute("INSERT INTO deeds VALUES ('after')")
            until(lambda: is_received(url))
        words = ["--to", mark.isoformat(), "--from", str(tmp_path / "backups"), "--cell", "cell-2"]
        with pytest.raises(StackError, match="Stop the server"):
            bring_back(*words, "--place", str(present))
    told = bring_back(*words, "--place", str(present), "--json")
    assert json.loads(told)["replaced"] is True
    assert len(list(present.parent.glob("cluster.before-*"))) == 1
    assert list(present.parent.glob("cluster.restored-*")) == []
    with running(tmp_path / "pg") as (_, admin):
        assert admin.execute("SELECT name FROM deeds").fetchall() == [("before",)]


def bring_back(*words: str) -> str:
    """What the command says."""
    return CliRunner().invoke(restore, words, catch_exceptions=False).stdout


def test_a_cells_place_is_asked_for_with_the_cell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KITH_DATA_DIR", str(tmp_path))
    with pytest.raises(StackError, match="--cell CELL --place FOLDER"):
        bring_back("--to", "newest", "--place", str(tmp_path))
    with pytest.raises(StackError, match="no data folder"):
        bring_back("--to", "newest", "--cell", "cell-2", "--place", str(tmp_path))


def test_a_replacement_that_was_killed_is_finished_by_the_next_start(tmp_path: Path) -> None:
    data_dir = tmp_path / "pg"
    postgres.prepare(data_dir, durable=False)
    (data_dir / "cluster" / "mine").touch()
    (data_dir / "cluster").rename(data_dir / NEXT)
    postgres.prepare(data_dir, durable=False)
    assert (data_dir / "cluster" / "mine").exists()


def test_what_has_no_later_transaction_is_restored_to_its_end(tmp_path: Path) -> None:
    place = Folder(tmp_path / "backups")
    with running(tmp_path / "pg") as (url, admin):
        admin.execute("CREATE TABLE deeds (name text)")
        base.take(url, place, tmp_path / "scratch")
    restored = restoring.restore(place, tmp_path / "back", datetime.now(UTC), durable=False)
    assert not restored.covered
    with running(tmp_path / "back") as (_, admin):
        assert admin.execute("SELECT count(*) FROM deeds").fetchone() == (0,)
    with pytest.raises(StackError, match="old enough"):
        restoring.restore(place, tmp_path / "older", datetime(2020, 1, 1, tzinfo=UTC))


def test_a_cluster_that_works_is_never_restored_into(tmp_path: Path) -> None:
    postgres.prepare(tmp_path / "pg", durable=False)
    with pytest.raises(StackError, match="choose another folder"):
        restoring.restore(Folder(tmp_path / "backups"), tmp_path / "pg", None)


def test_a_damaged_base_backup_is_refused(tmp_path: Path) -> None:
    place = Folder(tmp_path / "backups")
    with running(tmp_path / "pg") as (url, _):
        taken = base.take(url, place, tmp_path / "scratch")
    archive = place.root / "base" / taken.id / "base.tar.gz"
    archive.write_bytes(archive.read_bytes()[:-1000])
    with pytest.raises(StackError, match="not whole"):
        restoring.restore(place, tmp_path / "back", None)


@contextmanager
def running(folder: Path) -> Iterator[tuple[str, psycopg.Connection[Any]]]:
    """A small cluster, and its superuser's connection."""
    with (
        postgres.running(folder, durable=False, settings=SMALL) as server,
        psycopg.connect(server.admin_url, autocommit=True) as admin,
    ):
        yield server.admin_url, admin


def is_received(url: str) -> bool:
    """Whether all that is written has arrived in the spool."""
    query = (
        "SELECT flush_lsn >= pg_current_wal_insert_lsn() FROM pg_stat_replication WHERE state = 'streaming'"
    )
    with psycopg.connect(url) as admin:
        row = admin.execute(query).fetchone()
    return bool(row and row[0])
