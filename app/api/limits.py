"""How much an app may ask of a workspace in a minute, told with every answer."""

import math
from datetime import timedelta

from flask import Flask, Response, current_app, g, request

from app.api.doors import PREFIX
from app.core import limits
from app.core.errors import LimitReached
from app.core.limits import TOO_OFTEN, Spent

WINDOW = timedelta(minutes=1)
# Without a good token one is known by the address only.
STRANGERS = 120


def most() -> int:
    """Requests of one app in one workspace per minute."""
    allowed: int = current_app.extensions["kith"].api_limit
    return allowed


def spend(client: str | None) -> None:
    """Count one request of `client`, None for strangers; raises LimitReached beyond the limit."""
    name, allowed = (f"api:{client}", most()) if client else (f"api:from:{request.remote_addr}", STRANGERS)
    spent = limits.spend(name, WINDOW)
    g.spent, g.allowed = spent, allowed
    if spent.hits > allowed:
        raise LimitReached(TOO_OFTEN, retry_after=_seconds(spent))


def register(app: Flask) -> None:
    """Tell with every answer below /api/ what is left (draft-ietf-httpapi-ratelimit-headers-06)."""

    @app.after_request
    def tell(response: Response) -> Response:
        if request.path.startswith(PREFIX):
            spent = g.get("spent") or limits.spend(f"api:from:{request.remote_addr}", WINDOW)
            allowed = g.get("allowed", STRANGERS)
            response.headers.add("RateLimit-Limit", str(allowed))
            response.headers.add("RateLimit-Remaining", str(max(0, allowed - spent.hits)))
            response.headers.add("RateLimit-Reset", str(_seconds(spent)))
        return response


def _seconds(spent: Spent) -> int:
    return max(1, math.ceil(spent.seconds))
