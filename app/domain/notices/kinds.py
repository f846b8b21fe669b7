"""The kinds of notices and their words; features register theirs."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """How a notice is worded: msgids whose named placeholders are filled from its `data`.

    `subject` is the short line of lists and mails, `sentence` says the whole thing. `state` is the promise's
    (broken, risk, kept) where it has one. `path` is where one is led that is about no record.
    """

    name: str
    subject: str
    sentence: str
    state: str = ""
    path: str = "/notices"


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> Kind:
    """Make a kind known; raises ValueError for a second one of that name."""
    if kind.name in _kinds:
        raise ValueError(f"two kinds of notices are called {kind.name}")
    _kinds[kind.name] = kind
    return kind


def get(name: str) -> Kind | None:
    """The kind, or None where the feature that told it is gone."""
    return _kinds.get(name)
