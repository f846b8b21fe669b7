"""A PostgreSQL cluster on disk: made by initdb, owned by a user without rights, cleared after a crash."""

import os
import secrets
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypedDict

import psutil

from stack import users
from stack.errors import StackError
from stack.postgres_binaries import binaries

SUPERUSER = "postgres"
# A restored cluster on its way into the place of the one that ran.
NEXT = "cluster.next"


class Identity(TypedDict, total=False):
    """The arguments of subprocess that change who a child is."""

    user: int
    group: int
    extra_groups: list[int]


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


def make(data_dir: Path, secret: str, *, durable: bool) -> None:
    user = users.unprivileged()
    draft = data_dir / "cluster.new"
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    users.own(draft, user)
    _initdb(binaries(data_dir, user), draft, secret, user, durable=durable)
    draft.rename(data_dir / "cluster")


def _initdb(programs: Path, draft: Path, secret: str, user: users.User | None, *, durable: bool) -> None:
    command = [str(programs / "initdb"), "-D", place(draft, user), "-U", SUPERUSER, "--auth=scram-sha-256"]
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


def server_user(cluster: Path) -> users.User | None:
    """As root: whoever made the cluster, so that one made by a plain user still opens."""
    user = users.unprivileged()
    owner = cluster.stat().st_uid
    if user is None or owner in {0, user.uid}:
        return user
    return users.User(str(owner), owner, cluster.stat().st_gid)


def place(folder: Path, user: users.User | None) -> str:
    """How the server names its folder: through the folder it stands in where it cannot walk the path."""
    return str(folder.resolve()) if users.can_reach(folder.parent, user) else "/proc/self/cwd"


def clear_leftovers(cluster: Path) -> None:
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
