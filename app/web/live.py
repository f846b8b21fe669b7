"""What happens while a member looks: the ticket to the stream, and the signs for pages without it."""

from flask import Response, g, render_template

from app.core.errors import NotFound
from app.ui import live
from app.web.doors import actor, workspace


@workspace.get("/live/ticket")
def live_ticket() -> Response:
    """A ticket for this session, for some minutes."""
    if actor().kind == "support":  # a stream would outlast its end by seconds
        raise NotFound
    return live.give_ticket(actor(), g.grant_id)


@workspace.get("/live/changes")
def live_changes() -> Response:
    """What happened after `?after=` that concerns this member."""
    return live.tell_changes(actor())


@workspace.get("/live/places")
def live_places() -> str:
    """The places of the side bar with what waits there now."""
    return render_template("web/live/places.html")
