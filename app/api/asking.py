"""What the address of a list or a record asks for."""

from collections.abc import Collection, Mapping
from difflib import get_close_matches
from typing import Any

from flask import request

from app.api.doors import actor
from app.core.errors import Invalid, Problem
from app.core.text import N_
from app.records import filters
from app.records.reading import OUT_OF_RANGE, Query
from app.records.types import ObjectType

SHOWN = ("fields", "expand")
LISTED = ("where", "q", "sort", "limit", "cursor", *SHOWN)
# Of these the last one would silently count.
_ONCE = frozenset({*LISTED, "objects"}) - {"where"}
PAGE = 50
UNKNOWN = N_("There is no parameter %(name)s.")
UNKNOWN_BUT = N_("There is no parameter %(name)s. Did you mean %(near)s?")
TWICE = N_("Give %(name)s once.")
NO_NAMES = N_("%(name)s is a list of names.")


def query(described: ObjectType) -> Query:
    """The list that the address asks for; raises Invalid."""
    known(LISTED, filtered=True)
    return Query(
        where=filters.parse_params(described, request.args, actor()),
        search=_one("q") or None,
        sort=_one("sort") or None,
        cursor=_one("cursor") or None,
        limit=_limit(),
        fields=fields(),
        count=False,
        forgiving=True,
    )


def fields() -> tuple[str, ...] | None:
    """The fields to show; None: all."""
    return names("fields") or None


def expand() -> tuple[str, ...]:
    """The relations to show whole."""
    return names("expand")


def names(name: str) -> tuple[str, ...]:
    """The names that the parameter has, with commas between."""
    return tuple(each.strip() for each in _one(name).split(",") if each.strip())


def known(parameters: Collection[str], *, filtered: bool = False) -> None:
    """Refuse parameters that nobody reads: a slip would silently give more than was asked for."""
    problems = []
    for name in request.args:
        if name not in parameters and not (filtered and name.startswith("filter[")):
            problems.append(_unknown(name, parameters))
        elif name in _ONCE and len(request.args.getlist(name)) > 1:
            problems.append(Problem(name, "repeated", TWICE, {"name": name}))
    if problems:
        raise Invalid(problems)


def page_size(most: int, otherwise: int = PAGE) -> int:
    """The parameter `limit`; raises Invalid where it is no number from 1 to `most`."""
    written = _one("limit")
    if not written:
        return otherwise
    if not (written.isascii() and written.isdigit() and len(written) < 6 and 1 <= int(written) <= most):
        raise Invalid.one("limit", "out_of_range", N_("Give a number from 1 to %(most)s."), most=most)
    return int(written)


def unknown_field(name: str, names: Collection[str]) -> Problem:
    """A member of a body that nobody reads, with the nearest right name."""
    near = get_close_matches(name, names, n=1, cutoff=0.5)
    short = name[:100]
    if near:
        message = N_("There is no field %(name)s. Did you mean %(near)s?")
        return Problem(short, "unknown_field", message, {"name": short, "near": near[0]})
    return Problem(short, "unknown_field", N_("There is no field %(name)s."), {"name": short})


def listed(content: Mapping[str, Any], name: str, problems: list[Problem]) -> list[str] | None:
    """The names that a member of a body lists; None where it is not there or lists none."""
    given = content.get(name)
    if given is None:
        return None
    if not (isinstance(given, list) and all(isinstance(each, str) for each in given)):
        problems.append(Problem(name, "not_names", NO_NAMES, {"name": name}))
        return None
    return given or None


def _limit() -> int:
    written = _one("limit")
    if not written:
        return PAGE
    if not (written.isascii() and written.isdigit() and len(written) < 6):
        raise Invalid.one("limit", "out_of_range", OUT_OF_RANGE)
    return int(written)


def _one(name: str) -> str:
    return request.args.get(name, "")


def _unknown(name: str, names: Collection[str]) -> Problem:
    near = get_close_matches(name, [*names, "filter[field]"], n=1, cutoff=0.5)
    short = name[:100]
    if near:
        return Problem(short, "unknown_parameter", UNKNOWN_BUT, {"name": short, "near": near[0]})
    return Problem(short, "unknown_parameter", UNKNOWN, {"name": short})
