"""Hearing that tenants changed: the control database tells every process, which then looks anew."""

import logging
import threading
from collections.abc import Callable
from uuid import UUID

import psycopg

from tenants import catalogue, owner, switches
from tenants.engines import engines

log = logging.getLogger("kith.tenants")

# Told by triggers of the control database (revision 0003).
CHANNEL = "kith_tenants"
RETRY_SECONDS = (0.2, 5.0)
# A silent connection is asked now and then whether it still is one.
ASK_SECONDS = 15.0

Heard = Callable[[UUID | None], None]

_following: threading.Thread | None = None
_lock = threading.Lock()


class Listener:
    """Calls `heard` with the id of each tenant that changed, with None where anything may have."""

    def __init__(self, url: str, heard: Heard, listens: Callable[[bool], None] = lambda _: None) -> None:
        """`listens` hears whether changes are told from now on.

        `url` is the control database's own: a pooler does not pass on what is told.
        """
        self._url = url
        self._heard, self._tell = heard, listens
        self._is_away = False
        self.stopping = threading.Event()
        self.listens = threading.Event()

    def run(self) -> None:
        """Until told to stop; comes back to the database whenever it comes back."""
        pause, longest = RETRY_SECONDS
        while not self.stopping.is_set():
            try:
                with owner.connect(self._url, "kith news") as connection:
                    connection.execute(f"LISTEN {CHANNEL}".encode())
                    pause = RETRY_SECONDS[0]
                    self._serve(connection)
            except psycopg.OperationalError as error:
                self._missed(error)
            except Exception:
                log.exception("the listener for changed tenants stumbled")
            self.listens.clear()
            self._tell(False)
            self.stopping.wait(pause)
            pause = min(pause * 2, longest)

    def _serve(self, connection: owner.Connection) -> None:
        # Whatever was told while nobody listened.
        self._heard(None)
        self._tell(True)
        self._is_away = False
        self.listens.set()
        while not self.stopping.is_set():
            for told in connection.notifies(timeout=ASK_SECONDS):
                self._heard(_tenant_id(told.payload))
                if self.stopping.is_set():
                    return
            connection.execute("SELECT 1")

    def _missed(self, error: psycopg.OperationalError) -> None:
        """Say so once, however long it lasts."""
        if not self._is_away:
            log.warning("nobody tells of changed tenants for now: %s", str(error).strip())
        self._is_away = True


def follow() -> None:
    """Let this process forget what it remembers of a tenant as soon as that changes, whoever changed it.

    Once per process, after `tenants.engines.configure`; its thread ends with the process.
    """
    global _following
    with _lock:
        if _following is not None and _following.is_alive():
            return
        listener = Listener(engines().control_url, _forget, catalogue.rely_on_news)
        _following = threading.Thread(target=listener.run, name="news", daemon=True)
        _following.start()


def _forget(tenant_id: UUID | None) -> None:
    catalogue.forget(tenant_id)
    if tenant_id is None:
        switches.forget()


def _tenant_id(payload: str) -> UUID | None:
    try:
        return UUID(payload)
    except ValueError:
        return None
