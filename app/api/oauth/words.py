"""Scopes as people read them."""

from collections.abc import Iterable
from dataclasses import dataclass

from app.core.permissions import SCOPES
from app.ui.say import gettext as _


@dataclass(frozen=True)
class Scope:
    """A scope by name and in words; `kind` is what it lets do: read, write, delete or run."""

    name: str
    words: str
    kind: str


def scope_words(scopes: Iterable[str]) -> list[Scope]:
    """The scopes in the reader's language, in the order of the vocabulary."""
    wanted = set(scopes)
    return [Scope(name, _(words), name.partition(":")[2]) for name, words in SCOPES.items() if name in wanted]
