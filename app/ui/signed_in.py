"""Who is signed in on the base host, and the way from there into a workspace."""

from flask import g, make_response, request, url_for
from werkzeug.wrappers import Response

from app.domain.identities import sessions
from app.domain.identities.sessions import SignedIn, Where
from app.domain.members import access, handover
from app.ui import cookies
from app.ui.http import own_path, see_other
from tenants.catalogue import by_slug
from tenants.context import Tenant


def where() -> Where:
    """The browser that asks."""
    return Where(request.remote_addr or "", request.user_agent.string)


def signed_in() -> SignedIn | None:
    """Who is signed in here, read once in a request."""
    if "signed_in" not in g:
        g.signed_in = sessions.find(cookies.read("session"))
    found: SignedIn | None = g.signed_in
    return found


def wished_workspace() -> Tenant | None:
    """The workspace that the address names by `?workspace=`, if there is one."""
    slug = request.values.get("workspace", "")
    return by_slug(slug) if slug else None


def sign_in(response: Response, cookie: str) -> Response:
    """Give the browser its new session; the one it had on this host ends."""
    earlier = signed_in()
    if earlier is not None:
        access.sign_out(earlier.identity, earlier.session_id, where())
    answer = make_response(response)
    cookies.give(answer, "session", cookie)
    return answer


def hand_over(who: SignedIn, tenant: Tenant, wish: str | None = None) -> Response:
    """Send the browser into the workspace with a code that lets it in once.

    The code is for the browser that came with `?mark=` from there; one that did not is sent there for it.
    """
    after, wished = own_path(wish), wished_workspace()
    mark = request.values.get("mark", "") if wished is not None and wished.id == tenant.id else ""
    code = handover.code(who, tenant, mark) if mark else None
    return see_other(
        url_for(
            "workspace.welcome" if mark else "workspace.enter",
            slug=tenant.slug,
            code=code,
            next=after if after != "/" else None,
            _external=True,
        )
    )
