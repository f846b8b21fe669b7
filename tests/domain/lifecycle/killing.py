"""`tenant delete` as a process of its own that is killed -9 at a named moment: python -m ... SLUG MOMENT...

All is imported once; each try is a fork of its own, with its own connections. Prints how each try ended.
"""

import os
import signal
import sys
from collections.abc import Callable
from typing import Any

import orjson

from app import cli
from app.commands import tenant as command
from app.core import redis, storage
from tenants import operations, removal

Trap = Callable[[], None]


def _before(module: Any, name: str, says: str = "") -> Trap:
    """Die where `name` is called, with an argument that contains `says`."""
    return lambda: _replace(module, name, says, is_late=False)


def _behind(module: Any, name: str, says: str = "") -> Trap:
    """Die where `name` has done its work."""
    return lambda: _replace(module, name, says, is_late=True)


def _replace(module: Any, name: str, says: str, *, is_late: bool) -> None:
    plain = getattr(module, name)

    def deadly(*arguments: Any, **named: Any) -> Any:
        is_meant = any(says in str(each) for each in arguments)
        if is_meant and not is_late:
            os.kill(os.getpid(), signal.SIGKILL)
        answer = plain(*arguments, **named)
        if is_meant:
            os.kill(os.getpid(), signal.SIGKILL)
        return answer

    setattr(module, name, deadly)


MOMENTS: dict[str, Trap] = {
    "counted, not written down": _behind(removal, "catalogued"),
    "counted": _behind(operations, "step", "count"),
    "schema dropped, not committed": _behind(removal, "run_string", "DROP SCHEMA"),
    "schema gone, role there": _before(removal, "run_string", "REVOKE"),
    "role gone": _behind(removal, "drop"),
    "files half gone": _before(storage, "_abort_uploads"),
    "queue half forgotten": _behind(redis, "forget"),
    "catalogue erased, not committed": _before(removal, "Jsonb", "digest"),
    "erased": _behind(removal, "erase"),
}


def _try(slug: str, moment: str) -> int:
    """How a process that removes the company ended: its exit code, negative for a signal."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    MOMENTS[moment]()
    try:
        cli.run(["tenant", "delete", slug, "--now", "--yes", "--json"])
    finally:
        os._exit(70)


if __name__ == "__main__":
    assert command.command, "imported before the first fork, so that no try has to"
    slug, *moments = sys.argv[1:]
    # How soon a busy machine takes Redis for gone is not what is tried.
    redis.TIMEOUT_SECONDS, removal.LOCK_TIMEOUT = 60.0, "60s"
    sys.stdout.buffer.write(orjson.dumps({moment: _try(slug, moment) for moment in moments}))
