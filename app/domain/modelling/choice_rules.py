"""What choices may be: their colours, and that one is left to be chosen. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from app.core.errors import Problem
from app.core.text import N_

STATES = ("good", "warn", "bad", "info")


def problems(wished: Sequence[Mapping[str, Any]]) -> Iterator[Problem]:
    """What is wrong with colours, and with a list of which nothing can be chosen."""
    for place, each in enumerate(wished):
        if each.get("state") not in (None, *STATES):
            message = N_("The colour of a choice is one of these: %(known)s. Or it has none.")
            yield Problem(f"choices[{place}].state", "unknown", message, {"known": ", ".join(STATES)})
    if wished and all(each.get("is_retired") for each in wished):
        yield Problem("choices", "required", N_("Offer at least one choice."))
