"""Where a stack keeps what: one data folder, and a short one for sockets."""

import errno
import getpass
import hashlib
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from stack.errors import StackError

LEAST_FREE_MB = 300
# A socket's path fits into 104 bytes everywhere; the longest name that we put behind is about 20.
LONGEST_SOCKET_FOLDER = 80


@dataclass(frozen=True)
class Layout:
    root: Path

    @property
    def run(self) -> Path:
        return self.root / "run"

    @property
    def log(self) -> Path:
        return self.root / "log" / "kith.log"

    def part(self, name: str) -> Path:
        """The folder of the part `name`."""
        return self.root / name

    @property
    def sockets(self) -> Path:
        """A folder whose path is short enough for sockets, ours alone."""
        near = self.run / "s"
        if len(os.fsencode(near)) <= LONGEST_SOCKET_FOLDER:
            return near
        name = hashlib.sha256(os.fsencode(self.root)).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"kith-{os.geteuid()}-{name}"


def prepare(data_dir: Path) -> Layout:
    """Makes the folders of a stack; a StackError says what is in the way."""
    layout = Layout(data_dir.resolve())
    try:
        # Others may pass through, as the unprivileged user of PostgreSQL has to, and see nothing.
        layout.root.mkdir(parents=True, exist_ok=True, mode=0o711)
        for folder in (layout.run, layout.log.parent, layout.part("mail"), layout.part("caddy")):
            folder.mkdir(exist_ok=True, mode=0o700)
        layout.sockets.mkdir(exist_ok=True, mode=0o700)
        _try_writing(layout)
    except OSError as error:
        raise StackError(explain(error, layout.root)) from None
    _check_space(layout.root)
    return layout


def explain(error: OSError, folder: Path) -> str:
    """What an error of the file system means for the person who started us."""
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return f"The disk with {folder} is full: free some space, or choose another folder with --data."
    if error.errno in {errno.EACCES, errno.EPERM}:
        return (
            f"The folder {folder} may not be written by the user {_user()}: "
            f"run 'sudo chown -R {_user()} \"{folder}\"', or choose another folder with --data."
        )
    if error.errno == errno.EROFS:
        return f"The folder {folder} is on a read-only disk: choose another folder with --data."
    return f"The folder {folder} cannot be used ({error.strerror}): choose another one with --data."


def _try_writing(layout: Layout) -> None:
    # In the shared folder for temporary files somebody else may have been there first.
    if not layout.sockets.is_relative_to(layout.root) and layout.sockets.stat().st_uid != os.geteuid():
        raise PermissionError(errno.EACCES, "owned by somebody else")
    for folder in (layout.root, layout.run, layout.log.parent):
        with tempfile.TemporaryFile(dir=folder) as probe:
            probe.write(b"x" * 4096)


def _check_space(folder: Path) -> None:
    free = shutil.disk_usage(folder).free // 1_000_000
    if free < LEAST_FREE_MB:
        raise StackError(
            f"The disk with {folder} has {free} MB left and Kith needs {LEAST_FREE_MB}: "
            "free some space, or choose another folder with --data."
        )


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.geteuid())
