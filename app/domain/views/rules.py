"""What a view may be called, and who may do what to it. Pure."""

from collections.abc import Collection
from itertools import count
from typing import Literal, get_args

from app.core.errors import Problem
from app.core.text import N_
from app.domain.identities.rules import clean_name

Shared = Literal["nobody", "team", "everyone"]
SHARED: tuple[Shared, ...] = get_args(Shared)
# Of one object: so many of one's own, and so many that are shared.
MOST = 200
LONGEST_NAME = 100
LONGEST_SEARCH = 200
# Characters of the filter as JSON: it stands in addresses too.
LONGEST_TREE = 16_000

NAME_NEEDED = N_("Give the view a name.")
TOO_LONG = N_("Use at most %(most)s characters.")
TAKEN = N_("There is a view with this name already. Choose another name.")
TOO_MANY = N_("There can be at most %(most)s views of one list. Delete some that nobody needs.")
NOT_SHARED = N_("Share the view with nobody, with a team or with everyone.")
TEAM_NEEDED = N_("Choose the team that shall see the view.")
NO_TEAM = N_("This is no team of yours. Choose another.")
LONG_SEARCH = N_("The text to look for is too long: use at most %(most)s characters.")
TOO_MANY_COLUMNS = N_("A view has at most %(most)s columns. Leave some out.")
LONG_TREE = N_("The filter is too long to be kept. Write it with fewer or shorter conditions.")


def name_problems(name: str) -> list[Problem]:
    """What is wrong with a clean name."""
    if not name:
        return [Problem("name", "required", NAME_NEEDED)]
    if len(name) > LONGEST_NAME:
        return [Problem("name", "too_long", TOO_LONG, {"most": LONGEST_NAME})]
    return []


def free_name(name: str, taken: Collection[str]) -> str:
    """`name`, else with the first number behind it that is not `taken` (in lower case)."""
    if name.lower() not in taken:
        return name
    return next(each for number in count(2) if (each := _numbered(name, number)).lower() not in taken)


def _numbered(name: str, number: int) -> str:
    tail = f" {number}"
    return name[: LONGEST_NAME - len(tail)].rstrip() + tail


__all__ = [
    "LONGEST_NAME",
    "LONGEST_SEARCH",
    "LONGEST_TREE",
    "LONG_SEARCH",
    "LONG_TREE",
    "MOST",
    "NOT_SHARED",
    "NO_TEAM",
    "SHARED",
    "TAKEN",
    "TEAM_NEEDED",
    "TOO_MANY",
    "TOO_MANY_COLUMNS",
    "Shared",
    "clean_name",
    "free_name",
    "name_problems",
]
