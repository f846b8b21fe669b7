"""What people type into a search field, as conditions on the search table."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Text, and_, func, literal, or_

from app.records.tables import search

LONGEST = 200
MOST_WORDS = 8
_PHONE = re.compile(r"[\d\s()+/.-]{4,}", re.ASCII)
# A trigram index needs three letters.
SHORTEST = 3
# Of fewer letters too many words are spelled alike.
SLIPPING = 4
_WRITTEN_OUT = re.compile("([aou])e")
_GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})


def words(typed: str) -> list[str]:
    """The words to look for, in one Unicode form, without what cannot be stored; phones are one word."""
    sound = typed[:LONGEST].encode("utf-8", "ignore").decode().replace("\x00", " ")
    sound = unicodedata.normalize("NFKC", sound).lower()
    bare = sound.replace("(0)", "")
    if _PHONE.fullmatch(bare) and len(digits := re.sub(r"\D", "", bare).lstrip("0")) >= 4:
        return [digits]  # without leading zeros it stands within +49 221 ... as within 0221 ...
    return sound.split()[:MOST_WORDS]


def matches(typed: str, within: ColumnElement[str] = search.c.body) -> ColumnElement[bool] | None:
    """Every word stands somewhere in the entry, or in that part of it; None where nothing was typed."""
    return _each(typed, lambda word: _like(word, within))


def begins(typed: str, body: ColumnElement[str]) -> ColumnElement[bool] | None:
    """Every word begins a word of the entry's body; None where nothing was typed."""
    return _each(typed, lambda word: _like(word, body, word=True))


def resembles(typed: str, within: ColumnElement[str] = search.c.body) -> ColumnElement[bool] | None:
    """Every word is spelled like one there; short ones and figures stand there as they are."""
    return _each(
        typed,
        lambda word: (
            within.op("%>", is_comparison=True)(folded(word)) if may_slip([word]) else _like(word, within)
        ),
    )


def may_slip(words: Sequence[str]) -> bool:
    """Whether one of the words is long enough to tell what is spelled like it, and none is an address."""
    return any(len(word) >= SLIPPING and word.isalpha() for word in words) and not any(
        "@" in w for w in words
    )


def pattern(text: str, *, start: bool = False, word: bool = False) -> Any:
    """`text` as a LIKE pattern: anywhere, at the start, or at that of a word.

    It is folded as the texts are; marks of LIKE within it mean themselves.
    """
    escaped = folded(re.sub(r"([\\%_])", r"\\\1", unicodedata.normalize("NFKC", text)))
    if start:
        return escaped.concat("%")
    return literal("% " if word else "%", Text).concat(escaped).concat("%")


def folded(text: Any) -> Any:
    """`text` as the texts are folded that are searched in."""
    return func.ext.fold(text, type_=Text)


def spellings(word: str) -> list[str]:
    """`word` as it is, with umlauts written out, and with what may be one written as its plain letter."""
    return list(dict.fromkeys((word, german(word), _WRITTEN_OUT.sub(r"\1", word))))


def german(word: str) -> str:
    """`word` with umlauts written out: müller becomes mueller."""
    return word.translate(_GERMAN)


def _each(typed: str, condition: Callable[[str], ColumnElement[bool]]) -> ColumnElement[bool] | None:
    wanted = words(typed)
    return and_(*(condition(word) for word in wanted)) if wanted else None


def _like(text: str, within: ColumnElement[str], *, word: bool = False) -> ColumnElement[bool]:
    return or_(*(within.like(pattern(each, word=word)) for each in dict.fromkeys((text, german(text)))))
