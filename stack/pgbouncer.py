"""PgBouncer in transaction mode before one database: what it is told, and a server of it for this machine."""

import os
import re
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from stack import ports, processes, users
from stack.errors import StackError
from stack.processes import Program

PACKAGE = "pgbouncer"
PLACES = ("/usr/sbin", "/usr/local/sbin", "/usr/local/bin", "/opt/homebrew/bin")
REMEDY = f"No PgBouncer was found: install {PACKAGE} with your system's packages, or start without --pooler."
CONFIGURATION, LOGINS = "pgbouncer.ini", "userlist.txt"
# Server connections of one login, and of all together.
EACH, MOST = 4, 60

# Secrets are asked of the database itself: a login that is made later needs no reload. Both sides speak
# SCRAM; for that the role's own secret and the one that the query gives must be the very same.
_CONFIGURATION = """; PgBouncer before {database}; {logins} holds the one password that it needs.
[databases]
{alias} = host={host} port={port} dbname={database}

[pgbouncer]
listen_addr = {listen}
listen_port = {listen_port}
unix_socket_dir =
pool_mode = transaction
auth_type = scram-sha-256
auth_file = {logins}
auth_user = {login}
auth_query = SELECT login, secret FROM kith.pooler_logins WHERE login = $1
stats_users = {login}
default_pool_size = {each}
max_db_connections = {most}
max_client_conn = 4000
; A backend keeps what it learns of every tenant's tables until it ends.
server_lifetime = 1200
server_idle_timeout = 300
server_connect_timeout = 3
server_login_retry = 1
query_wait_timeout = 10
ignore_startup_parameters = extra_float_digits
log_connections = 0
log_disconnections = 0
log_stats = 0
server_tls_sslmode = {tls}
"""
# What it says on every start and stop, and when a server connection comes or goes.
ROUTINE = re.compile(
    r" LOG (kernel file descriptor|listening on|process up|got SIG|shutting down|server shutting|waiting for"
    r"|server connections dropped|S-0x\S+ \S+ (new connection|closing because: (server|client unexpected)))"
)


@dataclass(frozen=True)
class Target:
    """The database that is pooled, the pooler's own login in it, and by which name clients know it."""

    url: str
    login: str
    password: str
    alias: str = ""


def find() -> str | None:
    """The program, or None where the system has none."""
    return shutil.which("pgbouncer", path=os.pathsep.join([os.environ.get("PATH", ""), *PLACES]))


def files(target: Target, listen: str, port: int, *, each: int = EACH, most: int = MOST) -> dict[str, str]:
    """The content of the files that PgBouncer reads, by name; each login has at most `each` backends."""
    url = urlsplit(target.url)
    return {
        CONFIGURATION: _CONFIGURATION.format(
            alias=target.alias or url.path.strip("/"),
            database=url.path.strip("/"),
            host=url.hostname,
            port=url.port or 5432,
            listen=listen,
            listen_port=port,
            logins=LOGINS,
            login=target.login,
            each=each,
            most=most,
            tls=parse_qs(url.query).get("sslmode", ["prefer"])[0],
        ),
        LOGINS: f'"{target.login}" "{_quoted(target.password)}"\n',
    }


def write(folder: Path, content: dict[str, str], user: users.User | None = None) -> None:
    """Put the files into `folder`, for nobody's eyes but those of `user`."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    users.own(folder, user)
    for name, text in content.items():
        draft = folder / f"{name}.new"
        draft.touch(mode=0o600)
        draft.write_text(text)
        users.own(draft, user)
        draft.replace(folder / name)


def program(folder: Path, port: int) -> Program:
    """The server that reads what was written into `folder`; StackError where there is no PgBouncer."""
    found = find()
    if found is None:
        raise StackError(REMEDY)
    return Program(
        name="pgbouncer",
        argv=(found, CONFIGURATION),
        folder=folder,
        ready=lambda: ports.answers(port),
        user=users.unprivileged(),
        # First let transactions end, then do not.
        stops=((signal.SIGINT, 2.0), (signal.SIGTERM, 1.0)),
        orphaned=signal.SIGTERM,
        start_seconds=20.0,
        noise=ROUTINE,
    )


@contextmanager
def running(
    folder: Path, target: Target, port: int | None = None, *, each: int = EACH, most: int = MOST
) -> Iterator[processes.Popen]:
    """A PgBouncer before `target` on loopback, ready inside the block; give `port` to know where."""
    port = port or ports.free()[0]
    write(folder, files(target, ports.LOOPBACK, port, each=each, most=most), users.unprivileged())
    with processes.started(program(folder, port), folder / "log") as process:
        yield process


def _quoted(password: str) -> str:
    return password.replace('"', '""')
