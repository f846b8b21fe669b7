"""Which column goes where: guessed from its name, then from what its values look like."""

import re
import unicodedata
from collections.abc import Container, Mapping, Sequence
from dataclasses import replace

from app.domain.imports.rules.plan import DEFAULT_SYSTEM, Column
from app.domain.imports.rules.profile import ColumnProfile
from app.domain.imports.rules.synonyms import OPPOSITES, SYNONYMS

_NOT_LETTERS = re.compile(r"[^a-z0-9]+")
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_KEYS_BY_NAME = (
    ("email", ("email", "emailaddress", "requester")),
    ("sku", ("sku", "stockcode", "artikelnummer", "artnr", "productnumber")),
    ("external", ("id", "key")),
    ("number", ("number", "no", "nummer", "nr")),
)


def normalise(name: str) -> str:
    """A column's name without case, accents and signs: "E-Mail Adresse" -> emailadresse."""
    text = name.lower().translate(_UMLAUTS)
    plain = "".join(
        letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter)
    )
    return _NOT_LETTERS.sub("", plain)


def is_known(name: str) -> bool:
    """Whether some object has a field that is known by this name."""
    plain = normalise(name)
    return any(plain in names for table in SYNONYMS.values() for names in table.values())


def guess_columns(
    object_name: str,
    names: Sequence[str],
    profiles: Sequence[ColumnProfile],
    targets: Container[str],
    words: Mapping[str, str],
) -> tuple[Column, ...]:
    """A first mapping of the columns; each target is given once, what fits nowhere is left out.

    `words` are targets by what the company calls them, normalised.
    """
    taken: dict[int, str] = {}
    found = _candidates(object_name, names, profiles, targets)
    found += [
        (_OWN, place, words[plain]) for place, name in enumerate(names) if (plain := normalise(name)) in words
    ]
    for _, place, target in sorted(found):
        if place not in taken and target not in taken.values():
            taken[place] = target
    _settle(taken)
    return tuple(
        _read_as(Column(name, taken.get(place, "")), profiles[place]) for place, name in enumerate(names)
    )


# The company's own word, behind the one by which everybody knows a field of Kith's.
_OWN = 1


def _candidates(
    object_name: str, names: Sequence[str], profiles: Sequence[ColumnProfile], targets: Container[str]
) -> list[tuple[int, int, str]]:
    """(rank, column, target): the lower the rank, the surer."""
    found = []
    for place, name in enumerate(names):
        plain = normalise(name)
        for target, known in SYNONYMS.get(object_name, {}).items():
            if target in targets and plain in known:
                found.append((known.index(plain) + 1, place, target))
        if name in targets:
            found.append((0, place, name))
        profile = profiles[place]
        if "email" in targets and profile.mostly(profile.emails):
            found.append((50, place, "email"))
    return found


def _settle(taken: dict[int, str]) -> None:
    """A full name gives way to its two halves."""
    for whole in ("full_name", "contact.full_name"):
        first, last = (whole.replace("full", half) for half in ("first", "last"))
        if whole in taken.values() and {first, last} <= set(taken.values()):
            del taken[next(place for place, target in taken.items() if target == whole)]


def _read_as(column: Column, profile: ColumnProfile) -> Column:
    """The column with the way its values are to be read."""
    if not column.target:
        return column
    plain = normalise(column.name)
    column = read_formats(column, profile)
    if column.target == "external_id":
        return replace(column, system=DEFAULT_SYSTEM)
    if column.target.endswith("_id"):
        key = relation_key(plain, profile)
        return replace(column, by=key, system=DEFAULT_SYSTEM if key == "external" else "")
    return replace(column, invert=plain in OPPOSITES)


def read_formats(column: Column, profile: ColumnProfile) -> Column:
    """The column with the order of its dates and its decimal mark, as the values show them."""
    if profile.dates.is_dates:
        verdict = profile.dates.verdict()
        column = replace(column, order=verdict.order, order_certain=verdict.certain)
    if profile.numbers.is_numbers:
        point, _ = profile.numbers.verdict()
        percent = column.target == "discount" and profile.numbers.largest > 1 and not profile.numbers.percents
        column = replace(column, point=point, percent=percent)
    return column


def relation_key(plain: str, profile: ColumnProfile) -> str:
    """By what a relation is found, from the column's normalised name and its values."""
    if profile.mostly(profile.ids):
        return "id"
    if profile.mostly(profile.emails):
        return "email"
    for key, endings in _KEYS_BY_NAME:
        if plain.endswith(endings):
            return key
    if profile.mostly(profile.addresses):
        return "domain"
    return "name"
