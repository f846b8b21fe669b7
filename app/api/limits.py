"""How much an app may ask of a workspace in a minute, told with every answer."""

import math
from datetime import timedelta

from flask import Flask, Response, g, request

from app.api.doors import PREFIX
from app.core import limits
from app.core.errors import LimitReached
from app.core.limits import TOO_OFTEN, Spent
from app.domain.plans import queries as plans
from app.domain.plans import usage
from app.domain.plans.actions import check
from tenants.context import Tenant

WINDOW = timedelta(minutes=1)
# Without a good token one is known by the address only.
STRANGERS = 120


# Where a plan sets no limit, the answer still has to name one.
UNLIMITED = 1_000_000


def most(tenant: Tenant) -> int:
    """Requests of one app in the workspace per minute."""
    allowed = plans.limit(tenant, "api_calls_minute")
    return UNLIMITED if allowed is None else allowed


def spend(client: str | None, tenant: Tenant | None) -> None:
    """Count one request of `client` to `tenant`, None for strangers; raises LimitReached beyond."""
    known = client is not None and tenant is not None
    name = f"api:{client}" if known else f"api:from:{request.remote_addr}"
    allowed = most(tenant) if known and tenant else STRANGERS
    spent = limits.spend(name, WINDOW)
    g.spent, g.allowed = spent, allowed
    if spent.hits > allowed:
        raise LimitReached(TOO_OFTEN, retry_after=_seconds(spent))
    if known:
        check("api_calls")
        usage.count("api_calls")


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
