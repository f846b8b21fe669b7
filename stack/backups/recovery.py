"""Bringing a base backup forward to a moment: PostgreSQL's own recovery, in a folder of its own."""

import re
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg
from psycopg import sql

from stack import cluster, postgres, processes, users
from stack.backups import clusters
from stack.errors import StackError
from stack.postgres import LONGEST_SOCKET_FOLDER
from stack.processes import Popen, Program

PORT = 5432  # of the socket alone: nothing listens
HBA = "restore_hba.conf"
ENDED_BEFORE = "recovery ended before configured recovery target was reached"
POLL_SECONDS = 0.2
# A standby refuses to open with less room than the server had whose log it reads.
_AT_LEAST = {
    "max_connections": "max_connections setting",
    "max_worker_processes": "max_worker_processes setting",
    "max_wal_senders": "max_wal_senders setting",
    "max_prepared_transactions": "max_prepared_xacts setting",
    "max_locks_per_transaction": "max_locks_per_xact setting",
}


@dataclass(frozen=True)
class Reached:
    """Where a recovery ended: the last transaction in it, if there was any, and whether the log went on."""

    at: datetime | None
    timeline: int
    is_end_of_log: bool


def recover(folder: Path, to: datetime | None, timeline: int, *, durable: bool = True) -> Reached:
    """Replay the log in `folder`/wal over `folder`/cluster until `to` (None: its end), and open it.

    Afterwards the cluster is stopped, and the superuser's password is the one in `folder`. Where the log ends
    before `to`, its end is what is reached. StackError where PostgreSQL gives up.
    """
    place = folder / "cluster"
    _allow_us(place)
    (place / "recovery.signal").touch()
    users.own(place / "recovery.signal", cluster.server_user(place))
    target = {} if to is None else {"recovery_target_time": to.isoformat()}
    try:
        reached = _run(folder, {**target, "recovery_target_timeline": str(timeline)}, durable)
        return replace(reached, is_end_of_log=to is None)
    except _TooEarly:
        return _run(folder, {"recovery_target_timeline": str(timeline)}, durable)


class _TooEarly(Exception):
    """No transaction in the log is later than the moment wished: its end is that moment's state."""


def _run(folder: Path, wishes: Mapping[str, str], durable: bool) -> Reached:
    with TemporaryDirectory(prefix="kith-") as sockets:
        program = _program(folder, Path(sockets), wishes, durable)
        log = folder / "recovery.log"
        log.write_bytes(b"")
        with log.open("ab") as output:
            process = processes.spawn(program, output)
        try:
            found = _wait(process, log, Path(sockets))
            _set_password(folder, Path(sockets))
        finally:
            processes.stop(program, process)
    return found


def _program(folder: Path, sockets: Path, wishes: Mapping[str, str], durable: bool) -> Program:
    if len(str(sockets)) > LONGEST_SOCKET_FOLDER:
        raise StackError(f"The path {sockets} is too long for a socket: set TMPDIR to a shorter one.")
    place = folder / "cluster"
    settings = {
        **_room(place),
        **wishes,
        "listen_addresses": "",
        "hba_file": f"{cluster.place(place, cluster.server_user(place))}/{HBA}",
        "restore_command": 'gzip -dc < "../wal/%f.gz" > "%p"',
        "recovery_target_action": "promote",
        "max_slot_wal_keep_size": "-1",
    }
    made = postgres.program(folder, PORT, durable=durable, socket_dir=sockets, settings=settings)
    return replace(made, name="recovery", ready=lambda: True, start_seconds=0)


def _wait(process: Popen, log: Path, sockets: Path) -> Reached:
    while process.poll() is None:
        try:
            with _inside(sockets) as connection:
                row = connection.execute(
                    "SELECT pg_is_in_recovery(), pg_last_xact_replay_timestamp()"
                ).fetchone()
        except psycopg.OperationalError:
            row = None
        if row and not row[0]:
            return Reached(row[1], _timeline(sockets), is_end_of_log=True)
        time.sleep(POLL_SECONDS)
    said = log.read_text(errors="replace")
    if ENDED_BEFORE in said:
        raise _TooEarly
    fatal = re.findall(r"^(?:FATAL|PANIC):\s+(.*)", said, re.M)
    raise StackError(f"The log could not be replayed: {fatal[-1] if fatal else processes.last_line(log)}")


def _timeline(sockets: Path) -> int:
    with _inside(sockets) as connection:
        row = connection.execute("SELECT pg_walfile_name(pg_current_wal_lsn())").fetchone()
    return int(str(row[0])[:8], 16) if row else 0


def _set_password(folder: Path, sockets: Path) -> None:
    secret = cluster.password(folder)
    with _inside(sockets) as connection:
        name = sql.Identifier(cluster.SUPERUSER)
        connection.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(name, sql.Literal(secret)))


def _inside(sockets: Path) -> psycopg.Connection[Any]:
    return psycopg.connect(
        host=str(sockets), port=PORT, user=cluster.SUPERUSER, dbname="postgres", autocommit=True
    )


def _allow_us(place: Path) -> None:
    """Who can open the socket's folder may enter, whatever the cluster's own rules and passwords are."""
    rules = place / HBA
    rules.write_text("local all all trust\n")
    users.own(rules, cluster.server_user(place))


def _room(place: Path) -> dict[str, str]:
    """The least that the settings must give, as the cluster's control file tells."""
    told = subprocess.run(
        [clusters.program("pg_controldata"), str(place)],
        capture_output=True, text=True, check=False, env={"LC_ALL": "C"},
    ).stdout  # fmt: skip
    found = dict(re.findall(r"^(.+?):\s+(.*)$", told, re.M))
    needed = {name: int(found.get(label, 0) or 0) for name, label in _AT_LEAST.items()}
    ours = {name: int(postgres.SETTINGS.get(name, 0)) for name in needed}
    return {name: str(max(number, ours[name])) for name, number in needed.items() if number}
