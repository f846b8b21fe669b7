"""Opaque names of schemas, roles and logins, and the check that nothing else is ever quoted into SQL."""

import re
import secrets

ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"
LENGTH = 16

_TENANT = re.compile(r"t_[a-z2-7]{16}")
_BUCKET = re.compile(r"b_[a-z2-7]{16}")
_PLAIN = re.compile(r"[a-z][a-z0-9_]{0,62}")


class BadName(ValueError):
    """A name that may not appear in SQL."""


def new_schema() -> str:
    """A fresh name of a tenant's schema and role: `t_` and 80 random bits in base32."""
    return "t_" + _random()


def new_login() -> str:
    """A fresh name of a bucket's login role."""
    return "b_" + _random()


def tenant_name(text: str) -> str:
    """`text` where it is a tenant's schema name, else BadName."""
    return _checked(_TENANT, text)


def login_name(text: str) -> str:
    """`text` where it is a bucket's login, else BadName."""
    return _checked(_BUCKET, text)


def plain_name(text: str) -> str:
    """`text` where it needs no quotes as an identifier (databases, the owner), else BadName."""
    return _checked(_PLAIN, text)


def _random() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def _checked(pattern: re.Pattern[str], text: str) -> str:
    if not pattern.fullmatch(text):
        raise BadName(f"not a name that may be used in SQL: {text!r}")
    return text
