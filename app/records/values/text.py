"""Texts: cleaned of what nobody typed, refused where they cannot be stored."""

import unicodedata
from decimal import Decimal
from typing import Any

from app.core.text import N_
from app.records.habits import Habits
from app.records.types import Field
from app.records.values.refused import Refused

SHORT = 500
LONG = 100_000
_KEPT = "\n\t"


def short(field: Field, raw: Any, _: Habits) -> str | None:
    """One line of text, stripped; line breaks become spaces."""
    written = as_text(raw)
    if not written.isprintable():
        written = _clean(" ".join(written.splitlines()).replace("\t", " "))
    return _limited(written.strip(), field.limit or SHORT)


def long(field: Field, raw: Any, _: Habits) -> str | None:
    """Text with lines; line ends become \\n."""
    written = as_text(raw)
    if not written.isprintable():
        written = _clean(written.replace("\r\n", "\n").replace("\r", "\n"))
    return _limited(written.strip(), field.limit or LONG)


def as_text(raw: Any) -> str:
    """`raw` as text where it can be one; raises Refused for lists, objects, NUL and broken Unicode."""
    if isinstance(raw, str):
        written = raw
    elif isinstance(raw, int | Decimal | float) and not isinstance(raw, bool):
        written = format(raw, "f") if isinstance(raw, Decimal) else str(raw)
    else:
        raise Refused("not_text", N_("Give a text here."))
    if "\x00" in written:
        raise Refused("bad_character", N_("The text contains a NUL character. Remove it and try again."))
    if not written.isascii() and not _encodes(written):
        raise Refused(
            "bad_character",
            N_("The text contains a broken character (half of a pair). Type it again without it."),
        )
    return written


def _encodes(written: str) -> bool:
    try:
        written.encode()
    except UnicodeEncodeError:
        return False
    return True


def _clean(written: str) -> str:
    return "".join(c for c in written if c in _KEPT or unicodedata.category(c) != "Cc")


def _limited(written: str, limit: int) -> str | None:
    if len(written) > limit:
        raise Refused(
            "too_long",
            N_("The text has %(length)s characters; %(limit)s are possible. Shorten it."),
            length=len(written),
            limit=limit,
        )
    return written or None
