"""How we check whom we talk to by TLS."""

import ssl
from functools import lru_cache


@lru_cache(maxsize=1)
def context() -> ssl.SSLContext:
    """The authorities that the system trusts, read once: that takes longer than a mail does."""
    return ssl.create_default_context()
