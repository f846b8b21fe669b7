"""Which statements an ordinary transaction may hold: those that read and write rows, and a few by name."""

import re
from functools import lru_cache

import psycopg

# The extended protocol takes one statement, so its first word says what it is.
_ROWS = re.compile(
    rb"[\s(]*(select|insert|update|delete|merge|with|values|copy|show|explain|analyze)\b", re.I
)
_BY_NAME = re.compile(
    rb"(savepoint|release savepoint|rollback to savepoint) \w+|set local lock_timeout = '\d+ms'", re.I
)
# What would run a text as SQL or change the session where a provider lets us close neither. Values travel as
# parameters, so none of our texts holds these names; a name in escapes would hide them.
_UNSPEAKABLE = re.compile(rb"set_config|pg_settings|_to_xml|ts_stat|ts_rewrite|dblink|u&\"", re.I)
_INNER = re.compile(rb"\b(execute|declare|prepare)\b", re.I)


class NotOurs(psycopg.ProgrammingError):
    """A statement that no code of ours sends: it was not sent."""


def check(query: bytes) -> None:
    """Raises NotOurs for a statement that changes the session, the role or the structure."""
    if not is_ours(query):
        raise NotOurs("this statement is none of those that a transaction may hold")


@lru_cache(maxsize=4096)
def is_ours(query: bytes) -> bool:
    """Whether `query`, one statement, may be sent in an ordinary transaction."""
    words = _ROWS.match(query)
    if words is None:
        return bool(_BY_NAME.fullmatch(query.strip()))
    if words[1].lower() == b"explain" and _INNER.search(query):
        return False
    return _UNSPEAKABLE.search(query) is None
