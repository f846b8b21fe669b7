"""Which user a server runs as, and what that user can reach."""

import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path

from stack.errors import StackError

CANDIDATES = ("kith", "nobody")


@dataclass(frozen=True)
class User:
    name: str
    uid: int
    gid: int


def unprivileged() -> User | None:
    """The user to become where we are root; None where we are a plain user already."""
    if os.geteuid() != 0:
        return None
    for name in CANDIDATES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        if entry.pw_uid != 0:
            return User(name, entry.pw_uid, entry.pw_gid)
    raise StackError(
        "PostgreSQL refuses to run as root and this system has neither a user 'kith' nor 'nobody': "
        "create one with 'useradd --system kith', or start Kith as a plain user."
    )


def can_reach(path: Path, user: User | None) -> bool:
    """Whether `user` may walk to `path` and enter it (None is ourselves)."""
    if user is None:
        return True
    resolved = path.resolve()
    return all(may_enter(folder, user) for folder in (resolved, *resolved.parents))


def may_enter(folder: Path, user: User) -> bool:
    status = folder.stat()
    if status.st_uid == user.uid:
        return bool(status.st_mode & stat.S_IXUSR)
    if status.st_gid == user.gid:
        return bool(status.st_mode & stat.S_IXGRP)
    return bool(status.st_mode & stat.S_IXOTH)


def own(path: Path, user: User | None) -> None:
    """Gives `path` itself, without its content, to `user`."""
    if user is not None:
        os.chown(path, user.uid, user.gid)
