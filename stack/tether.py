"""Turns this small process into a part: ties its life to its parent, drops rights, then becomes the program.

Run as `python -I -S tether.py PARENT SIGNAL UID GID FOLDER PROGRAM [ARGUMENT...]`; standard library only.
"""

import ctypes
import os
import resource
import sys
from contextlib import suppress

PR_SET_PDEATHSIG = 1
OPEN_FILES = 65_536


def main(arguments: list[str]) -> None:
    parent, signal, uid, gid = (int(value) for value in arguments[:4])
    folder, command = arguments[4], arguments[5:]
    raise_open_files()
    # Into the folder first: the user we become may be unable to walk the path to it.
    os.chdir(folder)
    if uid >= 0:
        drop_rights(uid, gid)
    # After the change of user, which clears this setting.
    die_with_parent(parent, signal)
    os.execv(command[0], command)  # noqa: S606 - becoming the program is the point


def raise_open_files() -> None:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES if most == resource.RLIM_INFINITY else min(OPEN_FILES, most)
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))


def drop_rights(uid: int, gid: int) -> None:
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)


def die_with_parent(parent: int, signal: int) -> None:
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal, 0, 0, 0)
    if os.getppid() != parent:
        sys.exit(1)


if __name__ == "__main__":
    main(sys.argv[1:])
