"""Where the mail server hands over mail that came to a reply address: one secret, one mail a request."""

import hmac
from datetime import timedelta

from flask import Response, current_app, jsonify, request

from app.core import mail
from app.core.errors import NotFound, Unavailable
from app.core.limits import limit
from app.domain.letters.links import tenant_of
from app.domain.messages import arriving
from app.domain.plans import policy
from app.ui import marks
from app.web.doors import base
from tenants.context import entered

TO = "X-Kith-Recipient"
MOST_AN_HOUR = 120


@base.post("/mail/inbound")
@marks.unproven
def take_mail() -> Response:
    """Keep one mail (message/rfc822) for the address in X-Kith-Recipient; read it later.

    202 where it is kept, 404 for an address that is nobody's, 413 beyond 25 MB, 429 where one address gets
    too many, 503 where the mail server should try again later.
    """
    if not _is_known(request.headers.get("Authorization", "")):
        raise NotFound
    content = request.get_data(cache=False)
    tenant, token = tenant_of(request.headers.get(TO, ""))
    allowed = policy.of(tenant).inbound
    if allowed == "refuse":
        raise NotFound
    if allowed == "later":
        raise Unavailable("the workspace takes no mail at the moment")
    with entered(tenant):
        limit(f"inbound:{token}", MOST_AN_HOUR, timedelta(hours=1))
        arriving.accept(token, content)
    answer = jsonify(status="kept")
    answer.status_code = 202
    return answer


def _is_known(given: str) -> bool:
    """Whether the caller holds the secret that follows from one of this installation's keys."""
    keys = current_app.extensions["kith"].secret_keys
    told = given.removeprefix("Bearer ").encode("utf-8", "replace")
    return any(hmac.compare_digest(told, mail.inbound_secret(key).encode()) for key in keys)
