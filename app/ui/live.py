"""Live for both doors: the ticket to the stream, and the same signs for pages that have no stream."""

import random
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Response, current_app, jsonify, request

from app.core import tickets
from app.core.actor import Actor
from app.core.errors import Invalid
from app.records import watching
from app.records.reader import Reader
from app.ui import cookies
from tenants.context import current

# A ticket lasts between these, so that tabs which came together do not come back together; in seconds.
LASTS = (240, 360)
# Who missed more facts than this has missed too much to be told each.
MOST_MISSED = 1_000


def give_ticket(actor: Actor, grant_id: UUID) -> Response:
    """A ticket in a cookie that no script reads, and from where its stream begins."""
    seconds = random.randint(*LASTS)  # noqa: S311 - spreads load, hides nothing
    ticket = tickets.issue(current().id, grant_id, actor, seconds)
    response = jsonify({"cursor": Reader.from_now().cursor, "seconds": seconds})
    cookies.give(response, "live", tickets.seal(ticket, current_app.extensions["kith"]), seconds)
    return response


def tell_changes(actor: Actor) -> Response:
    """What happened after the cursor `?after=`: `{"events": [...], "cursor", "reload"}`.

    With `reload` the cursor is too old, or says nothing here: everything is to be fetched again.
    """
    return jsonify(changes(actor, request.args.get("after", "")))


def changes(actor: Actor, after: str) -> Mapping[str, Any]:
    """The answer of `tell_changes`."""
    try:
        reader = Reader(after or None) if after else Reader.from_now()
    except Invalid:
        return _afresh()
    facts = reader.read(MOST_MISSED)
    if len(facts) >= MOST_MISSED:
        return _afresh()
    told = [sign.plain() for sign in watching.seen(actor, watching.signs(facts))]
    return {"events": told, "cursor": reader.cursor, "reload": not after}


def _afresh() -> Mapping[str, Any]:
    return {"events": [], "cursor": Reader.from_now().cursor, "reload": True}
