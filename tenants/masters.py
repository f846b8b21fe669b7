"""Master keys: what wraps data keys, here or at a key management service."""

import base64
import hashlib
from collections.abc import Sequence
from typing import Protocol

from cryptography.fernet import Fernet


class Master(Protocol):
    """Keeps master keys to itself and wraps data keys with them, as a KMS does.

    `provider` names its kind, `name` the key that it wraps with now.
    """

    provider: str
    name: str

    def wrap(self, key: bytes) -> bytes:
        """The data key under the present master key; raises LookupError without it."""
        ...

    def unwrap(self, master: str, wrapped: bytes) -> bytes:
        """The data key out of what the master key `master` has wrapped; raises LookupError without it."""
        ...


class LocalMaster:
    """The secret keys of the installation: the first wraps, all unwrap."""

    provider = "local"

    def __init__(self, keys: Sequence[str]) -> None:
        if not keys:
            raise ValueError("at least one secret key is needed")
        self._keys = {fingerprint(key): fernet(key) for key in keys}
        self.name = fingerprint(keys[0])

    def wrap(self, key: bytes) -> bytes:
        return self._keys[self.name].encrypt(key)

    def unwrap(self, master: str, wrapped: bytes) -> bytes:
        if master not in self._keys:
            raise LookupError(f"the secret key {master} is not among KITH_SECRET_KEYS")
        return self._keys[master].decrypt(wrapped)


_remote: Master | None = None


def use_remote(master: Master | None) -> None:
    """Wrap data keys with `master` from now on (None: with the secret keys); before databases are opened."""
    global _remote
    _remote = master


def remote() -> Master | None:
    """The key management service of this process, if it has one."""
    return _remote


def fingerprint(key: str) -> str:
    """What a secret key is called where it must not be told."""
    return hashlib.blake2b(key.encode(), digest_size=6, person=b"kith master").hexdigest()


def fernet(key: str) -> Fernet:
    """The secret key as it encrypts."""
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(key.encode()).digest()))
