"""What people type into a search field, as conditions on the search table."""

import re
import unicodedata
from typing import Any

from sqlalchemy import ColumnElement, Text, and_, func, literal, or_

from app.records.tables import search

LONGEST = 200
MOST_WORDS = 8
_PHONE = re.compile(r"[\d\s()+/.-]{4,}", re.ASCII)
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
    wanted = words(typed)
    return and_(*(_contains(word, within) for word in wanted)) if wanted else None


def pattern(word: str, *, start: bool = False) -> Any:
    """`word` as a LIKE pattern, folded as the texts are; marks of LIKE within it mean themselves."""
    normal = unicodedata.normalize("NFKC", word)
    escaped = re.sub(r"([\\%_])", r"\\\1", normal)
    folded = func.ext.fold(escaped, type_=Text)
    return folded.concat("%") if start else literal("%", Text).concat(folded).concat("%")


def german(word: str) -> str:
    """`word` with umlauts written out: müller becomes mueller."""
    return word.translate(_GERMAN)


def _contains(word: str, within: ColumnElement[str]) -> ColumnElement[bool]:
    spelled = german(word)
    plain = within.like(pattern(word))
    return plain if spelled == word else or_(plain, within.like(pattern(spelled)))
