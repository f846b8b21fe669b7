"""Scopes as people read them."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from app.core.permissions import SCOPES
from app.ui.say import gettext as _


@dataclass(frozen=True)
class Scope:
    """A scope by name, `contacts:read`, and in words."""

    name: str
    words: str

    @property
    def object(self) -> str:
        """What it is about: contacts."""
        return self.name.partition(":")[0]

    @property
    def kind(self) -> str:
        """What it lets do: read, write, delete or run."""
        return self.name.partition(":")[2]


def scope_words(scopes: Iterable[str]) -> list[Scope]:
    """The scopes in the reader's language, in the order of the vocabulary."""
    wanted = set(scopes)
    return [Scope(name, _(words)) for name, words in SCOPES.items() if name in wanted]


def scope_groups(scopes: Iterable[str]) -> list[tuple[str, list[Scope]]]:
    """The same, by what they are about."""
    return [(about, list(those)) for about, those in groupby(scope_words(scopes), lambda scope: scope.object)]
