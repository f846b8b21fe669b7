"""A postal address of the company's own: five fields that belong together."""

from collections.abc import Iterator, Mapping
from typing import Any

from app.core.text import OwnWords
from app.records.types import Field

# Their words stand in the company's own labels, which are in all languages at once.
WORDS: Mapping[str, Mapping[str, str]] = {
    "street": {"en": "street", "de": "Straße"},
    "postcode": {"en": "postcode", "de": "PLZ"},
    "city": {"en": "city", "de": "Ort"},
    "region": {"en": "state or region", "de": "Bundesland oder Region"},
    "country": {"en": "country", "de": "Land"},
}
# An address that is required has at least these.
NEEDED = frozenset({"city", "country"})
FOUND = frozenset({"street", "postcode", "city"})
LONGEST: Mapping[str, int] = {"postcode": 40}


def names(name: str) -> tuple[str, ...]:
    """The fields that an address of that name consists of."""
    return tuple(f"{name}_{part}" for part in WORDS)


def fields(row: Mapping[str, Any]) -> Iterator[Field]:
    """The fields of an address, as a row of `fields` describes it; they stand in a section of their own."""
    label = OwnWords(row["labels"])
    for part, words in WORDS.items():
        yield Field(
            f"{row['name']}_{part}",
            "country" if part == "country" else "text",
            OwnWords({language: f"{label.said(language)}: {word}" for language, word in words.items()}),
            required=row["is_required"] and part in NEEDED,
            searchable=row["is_searchable"] and part in FOUND,
            personal=row["is_personal"],
            visibility=row["visibility"],
            keeps_history=row["keeps_history"],
            default=row["default_value"] if part == "country" else None,
            help=OwnWords(row["help"]) if part == "street" else "",
            in_table=bool(row["options"].get("in_table")) and part == "city",
            group=label,
            limit=LONGEST.get(part),
            custom=True,
            part=(row["name"], part),
        )
