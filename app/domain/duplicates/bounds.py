"""The most points that two records can have, told for a sixth of what comparing costs.

A search looks at millions of pairs that share a town and the beginning of a name and are two people.
"""

from app.domain.duplicates.rules import MOST, Evidence

_NAME = 50


def at_most(one: Evidence, other: Evidence) -> int:
    """No less than the points that `compare` gives the two; of organisations nothing is ruled out."""
    if not (one.is_person and other.is_person) or _share_an_identifier(one, other):
        return MOST
    return _NAME + _beside(one, other) + _place(one, other)


def _share_an_identifier(one: Evidence, other: Evidence) -> bool:
    return not (
        one.emails.isdisjoint(other.emails)
        and one.phones.isdisjoint(other.phones)
        and one.externals.isdisjoint(other.externals)
    )


def _beside(one: Evidence, other: Evidence) -> int:
    """Birthday and company."""
    both_born = one.birthday is not None and other.birthday is not None
    born = 0 if not both_born else 30 if one.birthday == other.birthday else 15
    return born + (15 if one.company and one.company == other.company else 0)


def _place(one: Evidence, other: Evidence) -> int:
    """Another house is another address; whether towns are alike is left open."""
    if one.place[0] and other.place[0] and one.house != other.house:
        return 18 - 10
    return 18 + 25
