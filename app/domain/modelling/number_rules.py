"""How a field may count: prefix, digits and the first number. Pure."""

from collections.abc import Iterator

from app.core.errors import Problem
from app.core.text import N_

LONGEST_PREFIX = 12
MOST_DIGITS = 12
HIGHEST_START = 999_999_999


def problems(prefix: str | None, digits: int | None, start: int | None) -> Iterator[Problem]:
    """What is wrong with them.

    A prefix that ended in a digit could make one number of two: A1 and 1, A and 11.
    """
    told = prefix or ""
    if len(told) > LONGEST_PREFIX:
        message = N_("A prefix has at most %(most)s characters.")
        yield Problem("prefix", "too_long", message, {"most": LONGEST_PREFIX})
    elif not told.isprintable() or told != told.strip() or told[-1:].isdigit():
        message = N_("A prefix has no space around it and no digit at its end. Write it such as M- or RE/.")
        yield Problem("prefix", "bad_prefix", message)
    if digits is not None and not 1 <= digits <= MOST_DIGITS:
        yield _out_of_range("digits", MOST_DIGITS)
    if start is not None and not 1 <= start <= HIGHEST_START:
        yield _out_of_range("start", HIGHEST_START)


def _out_of_range(path: str, most: int) -> Problem:
    return Problem(path, "out_of_range", N_("Give a number from 1 to %(most)s."), {"most": most})
