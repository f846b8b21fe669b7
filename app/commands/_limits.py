"""Limits of plans as an operator writes and reads them."""

from collections.abc import Mapping, Sequence

from stack.errors import StackError

HELP = "members=50; none: no limit; nothing behind the sign: what stands above it holds. Repeatable."
_DROPPED = -1


def read(words: Sequence[str]) -> dict[str, int | None]:
    """The limits that words like `members=50` name; raises StackError."""
    found: dict[str, int | None] = {}
    for word in words:
        kind, sign, value = word.partition("=")
        if not sign or not (value in {"", "none"} or value.isdecimal()):
            raise StackError(f"A limit is written like members=50 or members=none, not {word}.")
        found[kind] = _DROPPED if not value else None if value == "none" else int(value)
    return found


def kept(limits: Mapping[str, int | None]) -> dict[str, int | None]:
    """The limits without those that were dropped."""
    return {kind: value for kind, value in limits.items() if value != _DROPPED}


def words(limits: Mapping[str, int | None]) -> str:
    """Limits in one line."""
    told = [f"{kind}={'none' if value is None else value}" for kind, value in limits.items()]
    return ", ".join(told) or "no limits"
