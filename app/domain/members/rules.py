"""Who may change whom, and reading pasted lists of addresses. Pure."""

import re
from dataclasses import dataclass
from typing import Literal

from app.domain.identities.rules import clean_name, normal_email

MOST_AT_ONCE = 200

State = Literal["invited", "again", "member", "invalid", "twice"]


@dataclass(frozen=True)
class Addressee:
    """One entry of a pasted list: what stood there, and its address if it is one."""

    text: str
    email: str | None
    name: str = ""


@dataclass(frozen=True)
class Outcome:
    """What became of one entry: invited, invited again, a member already, no address, or named twice."""

    text: str
    state: State


def read_addresses(text: str) -> list[Addressee]:
    """The entries of a list with commas, semicolons, line breaks, names and angle brackets, in order.

    Of a list that is too long only as many are read as show that.
    """
    return [_addressee(entry) for entry in _entries(text)[: MOST_AT_ONCE + 1]]


def _entries(text: str) -> list[str]:
    """Split; a piece without @ before `<...@...>` is the first half of a name: Berg, Ann <ann@...>."""
    entries: list[str] = []
    held: list[str] = []
    for piece in re.split(r"[\n\r;,]+", text):
        if not (piece := piece.strip()):
            continue
        if "@" not in piece:
            held.append(piece)
            continue
        if "<" in piece:
            entries.append(", ".join([*held, piece]))
        else:
            entries += [", ".join(held)] if held else []
            entries += _plain_ones(piece)
        held = []
    return [*entries, ", ".join(held)] if held else entries


def _plain_ones(piece: str) -> list[str]:
    words = piece.split()
    return words if all("@" in word for word in words) else [piece]


def _addressee(entry: str) -> Addressee:
    name, bracket, address = entry.removesuffix(">").rpartition("<")
    if not (bracket and entry.endswith(">") and address.strip() and ">" not in address):
        *words, address = entry.split()
        name = " ".join(words)
    return Addressee(entry[:200], normal_email(address), clean_name(name.strip(" \"'"))[:200])


def may_manage(actor_role: str, their_role: str) -> bool:
    """Whether a role may change or remove somebody: only owners touch owners."""
    if actor_role == "owner":
        return True
    return actor_role == "admin" and their_role != "owner"
