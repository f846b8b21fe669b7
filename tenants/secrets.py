"""Secrets at rest under envelope encryption: sealed with a data key, which a master key wraps.

What is sealed begins with its data key's id, so keys can change while old values still open.
"""

from collections.abc import Sequence
from uuid import UUID

from cryptography.fernet import InvalidToken, MultiFernet

from tenants import masters
from tenants.keyring import Keyring
from tenants.masters import LocalMaster, fernet


class Vault:
    """Seals with the newest data key of a control database, opens with any of them.

    Data keys are kept in the process: neither sealing nor opening asks the database each time.
    """

    def __init__(self, control_url: str, secret_keys: Sequence[str]) -> None:
        local, remote = LocalMaster(secret_keys), masters.remote()
        self._bare = MultiFernet([fernet(key) for key in secret_keys])
        self.keyring = Keyring(control_url, remote or local, [local, *([remote] if remote else [])])

    def seal(self, text: str) -> str:
        """`text` encrypted, as ASCII that needs no quoting in an address but for its padding."""
        key_id, key = self.keyring.newest()
        return f"{key_id.hex}.{key.encrypt(text.encode()).decode()}"

    def open(self, sealed: str) -> str:
        """What was sealed; raises cryptography's InvalidToken where no key of ours opens it."""
        name, dot, token = sealed.partition(".")
        if not dot:
            return self._bare.decrypt(sealed.encode()).decode()
        try:
            key_id = UUID(hex=name)
        except ValueError:
            raise InvalidToken from None
        return self.keyring.fernet(key_id).decrypt(token.encode()).decode()

    def is_fresh(self, sealed: str) -> bool:
        """Whether this was sealed with the newest data key."""
        return sealed.startswith(f"{self.keyring.newest()[0].hex}.")
