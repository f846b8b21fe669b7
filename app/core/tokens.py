"""Secrets that let somebody in: made here, kept only as hashes."""

import hashlib
import secrets


def new_secret() -> str:
    """256 fresh random bits, safe in addresses and cookies."""
    return secrets.token_urlsafe(32)


def hashed(secret: str) -> bytes:
    """What is stored of a secret. One round is enough: it is random, nobody can guess it."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()
