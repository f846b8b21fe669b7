"""What is known about a stack from outside: whether it runs, where its parts are, which settings it gives."""

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from stack.errors import StackError
from stack.layout import Layout

STATE = "stack.json"
LOCK = "lock"


@contextmanager
def alone(layout: Layout) -> Iterator[None]:
    """Holds the data folder for this process; the system lets go of it when we die."""
    with (layout.run / LOCK).open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise StackError(_taken(layout)) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def is_up(data_dir: Path) -> bool:
    """Whether a supervisor holds the data folder now."""
    path = Layout(data_dir.resolve()).run / LOCK
    try:
        with path.open() as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


def settings(data_dir: Path) -> dict[str, str]:
    """The KITH_* and AWS_* variables of the stack that runs on `data_dir`; StackError when none does."""
    if not is_up(data_dir):
        raise StackError(
            f"No Kith is running on {data_dir}: start it with ./kith up, "
            "name another folder with KITH_DATA_DIR, or set KITH_DATABASE_URL and its companions."
        )
    found = state(Layout(data_dir.resolve())).get("settings")
    if not found:
        raise StackError(f"The Kith on {data_dir} is still starting: try again in a few seconds.")
    return {str(name): str(value) for name, value in found.items()}


def state(layout: Layout) -> dict[str, Any]:
    """What was written last, empty when nothing or nothing readable."""
    try:
        found = json.loads((layout.run / STATE).read_text())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def save(layout: Layout, changes: Mapping[str, Any]) -> None:
    """Adds `changes` to the state; it holds passwords, so it is ours alone."""
    draft = layout.run / f"{STATE}.new"
    draft.touch(mode=0o600)
    draft.write_text(json.dumps({**state(layout), **changes}, indent=1))
    draft.replace(layout.run / STATE)


def _taken(layout: Layout) -> str:
    try:
        owner = f" (process {int((layout.run / LOCK).read_text())})"
    except (OSError, ValueError):
        owner = ""
    return (
        f"Kith is already running on {layout.root}{owner}: stop it with Ctrl-C there, "
        "or start a second one with another --data and --port."
    )
