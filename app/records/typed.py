"""What people typed into a search field as values of statements, which stay the same whatever was typed.

So a statement is built once for all texts of one form, and the server folds each text once and not for each
row that it looks at.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement, Text, and_, bindparam, func, literal, literal_column, or_, select

from app.records import searching

SPACE: ColumnElement[str] = literal_column("' '", Text)
_NOWHERE: ColumnElement[int] = literal_column("0")
# Behind every text that begins so, as texts are ordered by their letters' numbers.
_END = "\U0010ffff"
_WHOLE, _TURNED, _WORD = "whole_{0}", "turned_{0}", "word_{0}_{1}"
# Of more words people do not tell the last one first.
_MOST_TURNED = 3


@dataclass(frozen=True)
class Form:
    """In how many spellings all of it, the same with the last word first, and each word are looked for."""

    whole: int
    turned: int
    words: tuple[int, ...]

    @property
    def wholes(self) -> list[str]:
        """The names of the values that are all of it as it was typed."""
        return [_WHOLE.format(at) for at in range(self.whole)]

    @property
    def all(self) -> list[str]:
        """The same and those with the last word first, as in lists of names: Weber Anna."""
        return [*self.wholes, *(_TURNED.format(at) for at in range(self.turned))]


@dataclass(frozen=True)
class Typed:
    """Words to look for, as `searching.words` gives them."""

    words: tuple[str, ...]

    @cached_property
    def _wholes(self) -> list[str]:
        return searching.spellings(" ".join(self.words))

    @cached_property
    def _turned(self) -> list[str]:
        if not 1 < len(self.words) <= _MOST_TURNED:
            return []
        return searching.spellings(" ".join((self.words[-1], *self.words[:-1])))

    @cached_property
    def _spelled(self) -> list[list[str]]:
        """Of all words as many, some of them twice: there are fewer forms."""
        found = [searching.spellings(word) for word in self.words]
        most = max(map(len, found), default=1)
        return [each + each[-1:] * (most - len(each)) for each in found]

    @property
    def form(self) -> Form:
        """What statements about it depend on."""
        return Form(len(self._wholes), len(self._turned), tuple(len(each) for each in self._spelled))

    @property
    def values(self) -> Mapping[str, str]:
        """What they are given."""
        wholes = {_WHOLE.format(at): each for at, each in enumerate(self._wholes)}
        turned = {_TURNED.format(at): each for at, each in enumerate(self._turned)}
        words = {
            _WORD.format(at, place): each
            for at, spelled in enumerate(self._spelled)
            for place, each in enumerate(spelled)
        }
        return wholes | turned | words


def equals(key: ColumnElement[str], name: str) -> ColumnElement[bool]:
    """The sort key is that of the value called `name`."""
    return key == select(func.ext.sort_key(bindparam(name, type_=Text), type_=Text)).scalar_subquery()


def begins(key: ColumnElement[str], name: str, *, by: tuple[str, str] = (">=", "<")) -> ColumnElement[bool]:
    """The sort key begins with the value called `name`, as a stretch of an index, by its operators."""
    first = select(_fold(name)).scalar_subquery()
    end = select(_fold(name).concat(literal(_END, Text))).scalar_subquery()
    return and_(key.op(by[0], is_comparison=True)(first), key.op(by[1], is_comparison=True)(end))


def has_words(text: ColumnElement[str], form: Form) -> ColumnElement[bool]:
    """Every word begins a word of the folded text, which begins with a space."""
    return and_(
        *(
            or_(*(_has(text, _WORD.format(at, place)) for place in range(number)))
            for at, number in enumerate(form.words)
        )
    )


def _has(text: ColumnElement[str], name: str) -> ColumnElement[bool]:
    begun = select(SPACE.concat(_fold(name))).scalar_subquery()
    return func.strpos(text, begun) > _NOWHERE


def _fold(name: str) -> Any:
    return searching.folded(bindparam(name, type_=Text))
