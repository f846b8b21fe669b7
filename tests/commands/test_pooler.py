"""What PgBouncer is told, for one that is not started by us."""

import configparser
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import make_url

from app.cli import main
from tenants import pooling
from tenants.bootstrap import FIRST_CELL
from tenants.engines import engines
from tests import pooler as poolers

URL = "postgresql://kith_pooler_told:a-long-word@pooler.example:6433/kith_cell_1"


@pytest.fixture(autouse=True)
def _of_this_process(databases: None, environ: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in environ.items():
        monkeypatch.setenv(name, value)


def test_files_name_the_server_and_one_password(tmp_path: Path) -> None:
    with poolers.settled(URL):
        done = CliRunner().invoke(main, ["pooler", "--write", str(tmp_path / "made"), "--most", "25"])
    assert done.exit_code == 0, done.output
    told = configparser.ConfigParser(interpolation=None)
    told.read(tmp_path / "made" / "pgbouncer.ini")
    assert told["pgbouncer"]["pool_mode"] == "transaction"
    assert told["pgbouncer"]["listen_port"] == "6433"
    assert told["pgbouncer"]["max_db_connections"] == "25"
    server = told["databases"]["kith_cell_1"]
    assert server.startswith("host=127.0.0.1 ")
    assert server.endswith(str(make_url(engines().cell_url(FIRST_CELL)).database))
    assert (tmp_path / "made" / "userlist.txt").read_text() == '"kith_pooler_told" "a-long-word"\n'
    assert (tmp_path / "made" / "userlist.txt").stat().st_mode & 0o777 == 0o600


def test_cell_without_pooler_says_what_to_do(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["pooler", "--write", str(tmp_path)])
    assert "KITH_POOLER_URL" in str(done.exception)
    assert pooling.pooler_url(FIRST_CELL) is None
