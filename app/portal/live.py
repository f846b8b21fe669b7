"""What happens while a customer looks: the ticket to the stream, and the signs for pages without it."""

from flask import Response, g

from app.portal.doors import actor, portal
from app.ui import live


@portal.get("/live/ticket")
def live_ticket() -> Response:
    """A ticket for this session, for some minutes."""
    return live.give_ticket(actor(), g.grant_id)


@portal.get("/live/changes")
def live_changes() -> Response:
    """What happened after `?after=` that concerns this customer."""
    return live.tell_changes(actor())
