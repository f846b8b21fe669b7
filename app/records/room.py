"""Whether there is room for new records: a question that the floor above answers."""

from collections.abc import Callable

from app.core.actor import Actor

Ask = Callable[[int], None]
# What customers tell and the clock finds is kept whatever the plan says.
ASKED = frozenset({"member", "client"})

_asked: list[Ask] = []


def ask(question: Ask) -> None:
    """Have `question` asked, once, before records are added; it raises where there is no room for so many."""
    if question not in _asked:
        _asked.append(question)


def check(actor: Actor, more: int) -> None:
    """Return where `actor` may add `more` records."""
    if actor.kind in ASKED and more:
        for question in _asked:
            question(more)
