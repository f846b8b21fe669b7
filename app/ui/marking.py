"""What of a text matched what was typed, marked: in any spelling, as the search finds it."""

import unicodedata
from collections.abc import Sequence

from markupsafe import Markup, escape

from app.records import searching

_LETTERS = {"ß": "ss", "æ": "ae", "ø": "o", "ł": "l", "đ": "d"}


def marked(text: str, typed: str) -> Markup:
    """`text` as HTML with `<mark>` around the first place of each typed word, best at the start of a word."""
    folded, places = _folded(text)
    found = [span for word in searching.words(typed) if (span := _place(folded, places, word)) is not None]
    pieces, at = [], 0
    for start, end in sorted(found, key=lambda span: (span[0], -span[1])):
        if start >= at:
            pieces += [escape(text[at:start]), Markup("<mark>{}</mark>").format(text[start:end])]
            at = end
    return Markup("").join([*pieces, escape(text[at:])])


def holds(text: str, typed: str) -> bool:
    """Whether every typed word stands in the text, as `marked` would mark it."""
    folded, places = _folded(text)
    words = searching.words(typed)
    return bool(words) and all(_place(folded, places, word) is not None for word in words)


def mentions(text: str, typed: str) -> bool:
    """Whether any typed word stands in the text."""
    folded, places = _folded(text)
    return any(_place(folded, places, word) is not None for word in searching.words(typed))


def _place(folded: str, places: Sequence[int], word: str) -> tuple[int, int] | None:
    """Where in the text the word stands: first and last but one letter."""
    for spelled in searching.spellings(word):
        plain, _ = _folded(spelled)
        if not plain:
            continue
        at = 0 if folded.startswith(plain) else folded.find(f" {plain}") + 1
        at = at if at or folded.startswith(plain) else folded.find(plain)
        if at >= 0:
            return places[at], places[at + len(plain) - 1] + 1
    return _figures(folded, places, word) if word.isdecimal() else None


def _figures(folded: str, places: Sequence[int], digits: str) -> tuple[int, int] | None:
    """Where these digits stand with nothing but marks between them, as in +49 221 12345."""
    own = [at for at, letter in enumerate(folded) if letter.isdecimal()]
    at = "".join(folded[each] for each in own).find(digits)
    if at < 0:
        return None
    first, last = own[at], own[at + len(digits) - 1]
    is_one = not any(letter.isalpha() for letter in folded[first:last])
    return (places[first], places[last] + 1) if is_one else None


def _folded(text: str) -> tuple[str, list[int]]:
    """The text in small plain letters, and for each of them the place of the letter that it comes from."""
    letters, places = [], []
    for place, letter in enumerate(text):
        for plain in unicodedata.normalize("NFKD", _LETTERS.get(letter.lower(), letter.lower())):
            if not unicodedata.combining(plain):
                letters.append(plain)
                places.append(place)
    return "".join(letters), places
