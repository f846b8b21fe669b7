"""What somebody may have meant who typed a word with a slip in it: words that records are called by.

They are read from the indexes that give titles and names in their order, from one word to the next however
many records have it; no list of words is kept beside the records, so what is erased is nowhere left.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import islice, product

from sqlalchemy import TextClause, text

from app.core.actor import Actor
from app.records import registry, scope
from tenants.session import session

# Words of fewer letters are like too many others; two slips are forgiven from so many on.
SHORTEST, TWICE = 4, 8
# So many readings of what was typed are looked for, the nearest first.
READINGS = 3
# By the first letter: a slip in that is left to what is spelled alike. Behind a word and its compounds
# (weber-müller, weber gmbh) the next one is at "weber." and beyond, in the order of an index.
_WORDS = """
WITH RECURSIVE word AS (
 (SELECT {word} AS said FROM {table} WHERE {key} {from_} :first AND {key} {to} :last{live}
  ORDER BY {order} LIMIT 1)
 UNION ALL
 SELECT beyond.said FROM word, LATERAL (
  SELECT {word} AS said FROM {table} WHERE {key} {from_} (word.said || '.') AND {key} {to} :last{live}
   ORDER BY {order} LIMIT 1) AS beyond)
SELECT left(word.said, 60) AS said, ext.levenshtein_less_equal(left(word.said, 60), :typed, 2) AS slips
  FROM word WHERE ext.levenshtein_less_equal(left(word.said, 60), :typed, 2) <= 2
"""
_LIVE = " AND deleted_at IS NULL"


def readings(actor: Actor, names: Sequence[str], words: Sequence[str]) -> list[str]:
    """What may have been meant by these words, the nearest first; without what was typed itself."""
    if scope.is_customer(actor):
        return []
    sources = [_titles(), *_fields(actor, names)]
    choices = [_meant(sources, word) for word in words]
    typed = " ".join(words)
    found = dict.fromkeys(" ".join(each) for each in islice(product(*choices), READINGS + 1))
    return [each for each in found if each != typed][:READINGS]


def _meant(sources: Sequence[TextClause], word: str) -> list[str]:
    """The word where it is one, else those that it may be; in compounds the first part."""
    begun, mark, rest = word.partition("-")
    typed = _folded(begun)
    if len(typed) < SHORTEST or not typed.isalpha():
        return [word]
    asked = {"first": typed[0], "last": f"{typed[0]}\U0010ffff", "typed": typed}
    found = [row for each in sources for row in _rows(each, asked)]
    known = {each: _slips(each, typed, slips) for each, slips in found}
    most = 2 if len(typed) >= TWICE else 1
    near = sorted((slips, each) for each, slips in known.items() if slips <= most)
    if not near or near[0][0] == 0:
        return [word]
    return [each + mark + rest for _, each in near[:READINGS]]


def _slips(known: str, typed: str, slips: int) -> int:
    """Two letters that changed places are one slip."""
    return 1 if slips == 2 and len(known) == len(typed) and sorted(known) == sorted(typed) else slips


def _rows(source: TextClause, asked: dict[str, str]) -> Sequence[tuple[str, int]]:
    return [(row[0], row[1]) for row in session.execute(source, asked)]


def _fields(actor: Actor, names: Sequence[str]) -> Iterator[TextClause]:
    """Texts beside titles that people are called by and that have an order."""
    for name in names:
        described = scope.seen(actor, registry.get(name))
        for field in described.fields:
            is_called = field.sortable and field.searchable and not field.custom and field.kind == "text"
            if is_called and field.name.endswith("name") and field.name != described.title:
                yield _field(described.base.name, field.name)


@lru_cache(maxsize=64)
def _titles() -> TextClause:
    key = "ext.sort_key(title)"
    return _statement("search", key, ("~>=~", "~<~"), f"{key} USING ~<~", "")


@lru_cache(maxsize=64)
def _field(table: str, name: str) -> TextClause:
    key = f"ext.sort_key({name})"
    return _statement(table, key, (">=", "<"), f"{key}, id", _LIVE)


def _statement(table: str, key: str, bounds: tuple[str, str], order: str, live: str) -> TextClause:
    word = f"split_part(translate({key}, '-', ' '), ' ', 1)"
    from_, to = bounds
    return text(_WORDS.format(word=word, table=table, key=key, from_=from_, to=to, order=order, live=live))


def _folded(word: str) -> str:
    """As the texts are folded, as far as letters go."""
    plain = unicodedata.normalize("NFKD", word.replace("ß", "ss"))
    return "".join(each for each in plain if not unicodedata.combining(each)).lower()
