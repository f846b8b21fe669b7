"""Search across objects, as the command menu of the web does it: best first, slips forgiven."""

from typing import Any

from flask import Response, request

from app.api import asking
from app.api.answers import path_of, told
from app.api.doors import actor, api
from app.api.scopes import any_token
from app.core.errors import Invalid, NotAllowed, NotFound, Problem
from app.core.text import N_
from app.records import finding, registry, searching
from app.records.finding import Hit

MOST, USUAL = 100, 20
NO_TEXT = N_("Say in q what to look for.")
TOO_LONG = N_("The text to look for is too long; %(most)s characters are possible.")
NO_OBJECT = N_("There is nothing to be found called %(name)s. Take one of: %(known)s.")


@api.get("/search")
@any_token
def search_records() -> Response:
    """Records with the words of `q`, of the objects that the token may read or of the named ones."""
    asking.known(("q", "objects", "limit"))
    limit = asking.page_size(MOST, USUAL)
    hits = finding.find(actor(), _text(), limit, _objects())
    return told({"data": [_shown(each) for each in hits], "next_cursor": None})


def _shown(hit: Hit) -> dict[str, Any]:
    return {
        "object": hit.object,
        "id": hit.record_id,
        "title": hit.title,
        "subtitle": hit.subtitle,
        "similar": hit.is_similar,
        "path": path_of(hit.record_id, hit.object),
    }


def _text() -> str:
    text = request.args.get("q", "")
    if len(text) > searching.LONGEST:
        raise Invalid.one("q", "too_long", TOO_LONG, most=searching.LONGEST)
    if not searching.words(text):
        raise Invalid.one("q", "required", NO_TEXT)
    return text


def _objects() -> tuple[str, ...] | None:
    """The named objects, None where none is; raises Invalid for what is none, NotAllowed for another's."""
    names = asking.names("objects")
    problems = [problem for name in names if (problem := _unknown(name))]
    if problems:
        raise Invalid(problems)
    for name in names:
        if (needed := registry.get(name).permission("read")) not in actor().permissions:
            raise NotAllowed(needed)
    return names or None


def _unknown(name: str) -> Problem | None:
    try:
        if registry.get(name).findable:
            return None
    except NotFound:
        pass
    known = ", ".join(finding.findable(actor()))
    return Problem("objects", "unknown_object", NO_OBJECT, {"name": name[:100], "known": known})
