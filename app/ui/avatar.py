"""Faces without a picture: initials on one of eight colours that white letters can be read on."""

from functools import lru_cache
from zlib import crc32

from markupsafe import Markup, escape

FACES = 8


def initials(name: str) -> str:
    """One or two capital letters that stand for a name; an empty name gives a middle dot."""
    words = [word for word in name.replace("-", " ").split() if word[0].isalnum()]
    if not words:
        return "·"
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


def face(key: str) -> int:
    """The same colour number (0 to 7) for the same key, on every machine."""
    return crc32(key.encode()) % FACES


@lru_cache(maxsize=8192)
def avatar(name: str, size: str = "", square: bool = False, key: str | None = None) -> Markup:
    """The face of a person (round) or a company (`square`); only for the eye, so put the name beside it."""
    classes = " ".join(part for part in (f"ava f{face(key or name)}", size, "sq" if square else "") if part)
    return Markup(f'<span class="{classes}" aria-hidden="true">{escape(initials(name))}</span>')
