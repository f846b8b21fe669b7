"""As what a list's search may be read that nothing has: with a slip forgiven, as in the search of all."""

from collections.abc import Iterator

from app.core.actor import Actor
from app.records import searching, slips
from tenants import hurry

# Longer nobody waits for a guess.
LONGEST_MS = 80


def readings(actor: Actor, object_name: str, text: str) -> Iterator[str]:
    """What may have been meant by `text`, the nearest first; nothing where that takes too long."""
    words = searching.words(text)
    if not searching.may_slip(words):
        return
    try:
        with hurry.within(LONGEST_MS, alone=True):
            found = slips.readings(actor, [object_name], words)
    except hurry.TooLong:
        return
    yield from found
