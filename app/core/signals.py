"""The bare signal that something of a tenant's was written: heard by the live process, owed to nobody."""

import atexit
import threading
import time
from contextlib import suppress

from app.core import redis
from tenants.session import once_committed

CHANNEL = "facts"
# After a cry: what is written meanwhile is cried together, and those who write meanwhile wake nobody.
GATHER_SECONDS = 0.02


def announce() -> None:
    """Tell whoever listens, once this unit of work has committed, that the current tenant has new facts.

    Nothing is told when it is undone. Nothing is lost while Redis is away: listeners also look by themselves.
    """
    channel = redis.key(CHANNEL)
    once_committed(channel, lambda: _crier.cry(channel))


def channel(schema: str) -> str:
    """Where the tenant of this schema is heard."""
    return f"{schema}:{CHANNEL}"


class _Crier:
    """Publishes from a thread of its own: who has written need not wait for Redis.

    The first is cried at once; what is announced within moments of it is cried once, together.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._names: set[str] = set()
        self._wake = threading.Event()
        self._thread: threading.Thread | None = None

    def cry(self, name: str) -> None:
        """Publish on `name` as soon as may be."""
        with self._lock:
            self._names.add(name)
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="signals", daemon=True)
                self._thread.start()
        self._wake.set()

    def finish(self) -> None:
        """Publish what was not yet."""
        with self._lock:
            names, self._names = self._names, set()
        for name in names:
            with suppress(redis.Away):
                redis.attempt("publish", name, "")

    def _run(self) -> None:
        while True:
            self._wake.wait()
            self._wake.clear()
            self.finish()
            time.sleep(GATHER_SECONDS)


_crier = _Crier()
atexit.register(_crier.finish)
