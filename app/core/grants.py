"""How far the rights of a member reach: whose records of an object, verb by verb, and which fields not."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, TypeVar, cast
from uuid import UUID

Level = Literal["none", "own", "team", "all"]
Verb = Literal["read", "create", "update", "delete", "export"]

LEVELS: tuple[Level, ...] = ("none", "own", "team", "all")
VERBS: tuple[Verb, ...] = ("read", "create", "update", "delete", "export")
# Stands for every object that is not named, those that are added later included.
ANY = "*"
# What a role says of a verb that nothing else shall give, and of fields that are not seen or not written.
DENY = "deny"
HIDE, LOCK = "hide", "lock"

Levels = Mapping[str, Mapping[Verb, Level]]
_NOTHING: frozenset[str] = frozenset()
_CONTENT, _NOT_YET = "content", object()
# Members of one role share what is worked out, each for itself: so much and no more.
KEPT = 1_000

T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class Grants:
    """What an actor with limits may do: `levels` by object and verb, ANY for those that are not named.

    `hidden` are fields by object that do not exist for the actor, `locked` those that are only seen. `mates`
    are the members of the actor's teams and of the teams below them.
    """

    levels: Levels
    hidden: Mapping[str, frozenset[str]] = field(default_factory=dict)
    locked: Mapping[str, frozenset[str]] = field(default_factory=dict)
    mates: frozenset[UUID] = frozenset()
    # What was worked out of them, for as long as somebody acts with them.
    known: dict[Any, Any] = field(default_factory=dict, init=False, repr=False)

    def level(self, name: str, verb: Verb) -> Level:
        """How far `verb` reaches among the records of the object `name`."""
        return (self.levels.get(name) or self.levels[ANY])[verb]

    @property
    def content(self) -> Hashable:
        """What they say: the same for all that say the same."""
        return self.kept(_CONTENT, self._content)

    def kept(self, key: Hashable, make: Callable[[], T]) -> T:
        """What `make` returns, or returned when it was asked for before by this key."""
        found = self.known.get(key, _NOT_YET)
        if found is _NOT_YET:
            if len(self.known) >= KEPT:
                self.known.clear()
            found = self.known[key] = make()
        return cast(T, found)

    def _content(self) -> Hashable:
        levels = frozenset((name, frozenset(given.items())) for name, given in self.levels.items())
        return levels, frozenset(self.hidden.items()), frozenset(self.locked.items()), self.mates

    def cut(self, verb: Verb) -> "Grants":
        """The same for one who sees no more than `verb` reaches."""
        levels = {
            name: {**given, "read": narrower(given["read"], given[verb])}
            for name, given in self.levels.items()
        }
        return replace(self, levels=levels)

    def hides(self, name: str) -> frozenset[str]:
        """The fields of the object that do not exist for the actor."""
        return self.hidden.get(name, _NOTHING)

    def locks(self, name: str) -> frozenset[str]:
        """The fields of the object that the actor does not write."""
        return self.locked.get(name, _NOTHING) | self.hides(name)


def narrower(one: Level, other: Level) -> Level:
    """The level that reaches less far."""
    return min(one, other, key=LEVELS.index)


def wider(one: Level, other: Level) -> Level:
    """The level that reaches further."""
    return max(one, other, key=LEVELS.index)
