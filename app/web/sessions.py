"""Where one is signed in: each browser, and signing it out."""

from uuid import UUID

from flask import g, render_template
from werkzeug.wrappers import Response

from app.core.errors import NotFound
from app.domain.identities import queries, sessions
from app.domain.identities.models import Identity
from app.domain.members import access
from app.ui.devices import device
from app.ui.http import see_other, toast
from app.ui.marks import always
from app.ui.say import gettext as _
from app.ui.signed_in import where
from app.ui.standing.words import formats
from app.web.doors import workspace


@workspace.get("/sessions")
def list_sessions() -> str:
    """Every browser that is signed in, this one first."""
    identity = _identity()
    found = sessions.of_identity(identity.id)
    found.sort(key=lambda each: each.id != g.entry.parent_id)
    return render_template(
        "web/sessions/list.html",
        crumbs=[(_("Your profile"), "/profile"), (_("Where you are signed in"), None)],
        sessions=found,
        current=g.entry.parent_id,
        device=device,
        write=formats(),
    )


@workspace.post("/sessions/<uuid:session_id>/end")
@always
def end_one_session(session_id: UUID) -> Response:
    """Sign one browser out, in every workspace."""
    access.sign_out(_identity(), session_id, where())
    if session_id == g.entry.parent_id:
        return see_other("/signed-out")
    toast(_("That browser is signed out."))
    return see_other("/sessions")


@workspace.post("/sessions/end")
@always
def end_other_sessions() -> Response:
    """Sign every other browser out."""
    access.sign_out_everywhere(_identity(), where(), but=g.entry.parent_id)
    toast(_("All other browsers are signed out."))
    return see_other("/sessions")


def _identity() -> Identity:
    identity = queries.by_id(g.actor.identity_id)
    if identity is None:
        raise NotFound
    return identity
