"""The data keys of a control database, read once and kept in the process."""

import logging
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg
from cryptography.fernet import Fernet, InvalidToken
from psycopg.rows import class_row

from tenants.driver import psycopg_url
from tenants.masters import Master

log = logging.getLogger("kith.tenants")

# Another process may have made a new key: until it is read the old one seals on.
REFRESH_SECONDS = 300.0
# Whoever brings ids that nobody has does not make the database work each time.
AGAIN_SECONDS = 1.0
_LOCK = 6_011_009
_READ = (
    "SELECT id, provider, master, wrapped, created_at, retired_at FROM kith.data_keys ORDER BY created_at, id"
)


@dataclass(frozen=True)
class DataKeyInfo:
    """A data key as it is kept: wrapped by `master` of `provider`; a retired one only opens."""

    id: UUID
    provider: str
    master: str
    wrapped: bytes
    created_at: datetime
    retired_at: datetime | None


class Keyring:
    """Finds data keys and makes new ones; `present` wraps those, `masters` unwrap."""

    def __init__(self, control_url: str, present: Master, masters: Sequence[Master]) -> None:
        self._url = control_url
        self._present = present
        self._masters = {master.provider: master for master in masters}
        self._lock = threading.Lock()
        self._known: dict[UUID, DataKeyInfo] = {}
        self._open: dict[UUID, Fernet] = {}
        self._sealing: tuple[UUID, Fernet] | None = None
        self._read_at = self._missed_at = float("-inf")

    def newest(self) -> tuple[UUID, Fernet]:
        """The key to seal with; the first one is made when it is needed."""
        if self._sealing is None or time.monotonic() - self._read_at > REFRESH_SECONDS:
            self._refresh()
        assert self._sealing is not None
        return self._sealing

    def fernet(self, key_id: UUID) -> Fernet:
        """The key with that id; raises InvalidToken where there is none or no master key opens it."""
        found = self._open.get(key_id)
        if found is not None:
            return found
        with self._lock:
            if key_id not in self._known and time.monotonic() - self._missed_at > AGAIN_SECONDS:
                self._missed_at = time.monotonic()
                self._read()
            if key_id not in self._known:
                raise InvalidToken
            try:
                return self._unwrapped(self._known[key_id])
            except LookupError as error:
                log.error("the data key %s stays closed: %s", key_id, error)
                raise InvalidToken from error

    def every(self) -> list[DataKeyInfo]:
        """All data keys as they are now, oldest first."""
        with self._lock:
            self._read()
            return list(self._known.values())

    def rotate(self) -> DataKeyInfo:
        """Seal with a new data key from now on; the others only open. Other processes follow in minutes."""
        with self._connection() as control:
            self._make(control)
            control.execute(
                "UPDATE kith.data_keys SET retired_at = now() WHERE retired_at IS NULL"
                " AND id <> (SELECT id FROM kith.data_keys ORDER BY created_at DESC, id DESC LIMIT 1)"
            )
        self._refresh()
        return self.every()[-1]

    def rewrap(self) -> int:
        """Wrap every data key with the present master key; how many were not. Raises LookupError."""
        changed = 0
        with self._connection() as control:
            for key in self._rows(control):
                if (key.provider, key.master) == (self._present.provider, self._present.name):
                    continue
                wrapped = self._present.wrap(self._bytes(key))
                control.execute(
                    "UPDATE kith.data_keys SET provider = %s, master = %s, wrapped = %s WHERE id = %s",
                    [self._present.provider, self._present.name, wrapped, key.id],
                )
                changed += 1
        return changed

    def drop(self, key_id: UUID) -> None:
        """Forget a retired key for ever: whatever it sealed is lost."""
        with self._connection() as control:
            control.execute("DELETE FROM kith.data_keys WHERE id = %s AND retired_at IS NOT NULL", [key_id])
        with self._lock:
            self._known.pop(key_id, None)
            self._open.pop(key_id, None)

    def _refresh(self) -> None:
        with self._lock:
            try:
                self._read()
                if not self._sealers():
                    with self._connection() as control:
                        if not any(key.retired_at is None for key in self._rows(control)):
                            self._make(control)
                    self._read()
            except psycopg.OperationalError:
                # Known keys seal on while the control database is away.
                if self._sealing is None:
                    raise
                self._read_at = time.monotonic()
                return
            newest = self._sealers()[-1]
            self._sealing = newest.id, self._unwrapped(newest)

    def _sealers(self) -> list[DataKeyInfo]:
        return [key for key in self._known.values() if key.retired_at is None]

    def _read(self) -> None:
        with psycopg.connect(psycopg_url(self._url), autocommit=True, connect_timeout=5) as control:
            self._known = {key.id: key for key in self._rows(control)}
        self._read_at = time.monotonic()

    def _unwrapped(self, key: DataKeyInfo) -> Fernet:
        if key.id not in self._open:
            self._open[key.id] = Fernet(self._bytes(key))
        return self._open[key.id]

    def _bytes(self, key: DataKeyInfo) -> bytes:
        master = self._masters.get(key.provider)
        if master is None:
            raise LookupError(f"nothing here speaks to {key.provider}")
        return master.unwrap(key.master, key.wrapped)

    def _make(self, control: psycopg.Connection[Any]) -> None:
        wrapped = self._present.wrap(Fernet.generate_key())
        control.execute(
            "INSERT INTO kith.data_keys (provider, master, wrapped) VALUES (%s, %s, %s)",
            [self._present.provider, self._present.name, wrapped],
        )

    @contextmanager
    def _connection(self) -> Iterator[psycopg.Connection[Any]]:
        """One transaction, in which nobody else makes or changes keys."""
        with psycopg.connect(psycopg_url(self._url), connect_timeout=5) as control:
            control.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
            yield control

    @staticmethod
    def _rows(control: psycopg.Connection[Any]) -> list[DataKeyInfo]:
        with control.cursor(row_factory=class_row(DataKeyInfo)) as cursor:
            return cursor.execute(_READ).fetchall()
