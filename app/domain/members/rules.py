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
    """The entries of a list with commas, semicolons, line breaks, names and angle brackets, in order."""
    return [_addressee(entry) for entry in _entries(text)]


def _entries(text: str) -> list[str]:
    """Split; a piece without @ before `<...@...>` is the first half of a name: Berg, Ann <ann@...>."""
    entries: list[str] = []
    held = ""
    for piece in re.split(r"[\n\r;,]+", text):
        if not (piece := piece.strip()):
            continue
        if "@" not in piece:
            held = f"{held}, {piece}" if held else piece
            continue
        if held and "<" not in piece:
            entries.append(held)
            held = ""
        entries.extend(_plain_ones(piece) if "<" not in piece else [f"{held}, {piece}" if held else piece])
        held = ""
    return [*entries, held] if held else entries


def _plain_ones(piece: str) -> list[str]:
    words = piece.split()
    return words if all("@" in word for word in words) else [piece]


def _addressee(entry: str) -> Addressee:
    bracketed = re.fullmatch(r"(.*?)<\s*([^<>]+?)\s*>", entry)
    name, address = bracketed.groups() if bracketed else ("", entry)
    if not bracketed and len(words := entry.split()) > 1:
        name, address = " ".join(words[:-1]), words[-1]
    return Addressee(entry[:200], normal_email(address), clean_name(name.strip(" \"'"))[:200])


def may_manage(actor_role: str, their_role: str) -> bool:
    """Whether a role may change or remove somebody: only owners touch owners."""
    if actor_role == "owner":
        return True
    return actor_role == "admin" and their_role != "owner"
