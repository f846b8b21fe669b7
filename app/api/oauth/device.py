"""Devices without a browser (RFC 8628): a code to show, and the page where its person types it."""

from datetime import timedelta

from authlib.oauth2.rfc6749.errors import InvalidScopeError, UnauthorizedClientError
from flask import Response, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from app.api.oauth.consent import chosen_workspace, framed, member_of, workspaces_of
from app.api.oauth.doors import for_programs, issuer, oauth
from app.api.oauth.grants import BY_SECRET_OR_NONE
from app.api.oauth.registered import server
from app.api.oauth.server import NO_STORE, Asked
from app.api.oauth.token import answered
from app.core.limits import throttle
from app.domain.apps import consents, devices
from app.domain.apps.models import App, DeviceCode
from app.domain.apps.rules import DEVICE_CODE, plain_user_code
from app.domain.identities.sessions import SignedIn
from app.domain.members.sessions import actor_of
from app.ui.http import see_other
from app.ui.say import gettext as _
from app.ui.scopes import scope_words
from app.ui.signed_in import signed_in
from tenants.context import entered
from tenants.session import session

MOST_TRIES = 10
TRIES_WINDOW = timedelta(minutes=10)


@oauth.post("/oauth/device")
@for_programs
def begin_device() -> Response:
    """A code for the device to poll with, and one for its person to type."""

    def begin() -> Response:
        client = server.authenticate_client(Asked(), BY_SECRET_OR_NONE, "device_authorization")
        if not client.check_grant_type(DEVICE_CODE):
            raise UnauthorizedClientError("This app is not registered for devices.")
        scope = client.get_allowed_scope(request.form.get("scope"))
        if scope is None:
            raise InvalidScopeError()
        begun = devices.begin(client.app, scope.split())
        page = f"{issuer()}{url_for('oauth.ask_device')}"
        told = vars(begun) | {
            "verification_uri": page,
            "verification_uri_complete": f"{page}?user_code={begun.user_code}",
        }
        answer: Response = server.handle_response(200, told, NO_STORE)
        return answer

    return answered(begin)


@oauth.get("/oauth/device")
def ask_device() -> Answer:
    """Ask for the code; one that came with the address still has to be sent by the person."""
    typed = request.args.get("user_code", "")[:20]
    if signed_in() is None:
        return _to_sign_in(typed)
    return framed(_html(user_code=typed))


@oauth.post("/oauth/device/code")
def find_device() -> Answer:
    """Show which app waits behind the code."""
    typed, who = request.form.get("user_code", "")[:20], signed_in()
    if who is None:
        return _to_sign_in(typed)
    _limit(who)
    device = devices.waiting(typed)
    if device is None:
        answer = framed(_html(user_code=typed, error=_("No device waits with this code. Is it still on?")))
        answer.status_code = 422
        return answer
    return framed(
        _html(
            app=session.get_one(App, device.app_id),
            user_code=plain_user_code(typed),
            scopes=scope_words(device.scopes),
            who=who,
            workspaces=workspaces_of(who),
        )
    )


@oauth.post("/oauth/device/decision")
def decide_device() -> Answer:
    """Let the device in, or not."""
    typed, who = request.form.get("user_code", "")[:20], signed_in()
    if who is None:
        return _to_sign_in(typed)
    _limit(who)
    device = devices.waiting(typed, hold=True)
    if device is None:
        return see_other(url_for("oauth.ask_device"))
    if request.form.get("decision") != "allow":
        devices.refuse(device)
        return framed(_html(done=_("The device stays outside.")))
    _allow(device, who)
    return framed(_html(done=_("The device is connected.")))


def _allow(device: DeviceCode, who: SignedIn) -> None:
    tenant, app = chosen_workspace(who), session.get_one(App, device.app_id)
    with entered(tenant):
        member = member_of(who)
        consent = consents.give(actor_of(member, door="web"), app, member.id, device.scopes)
    devices.allow(device, tenant.id, consent.id)


def _limit(who: SignedIn) -> None:
    throttle(f"oauth-device:{who.identity.id}", MOST_TRIES, TRIES_WINDOW)


def _to_sign_in(typed: str) -> Answer:
    wish = url_for("oauth.ask_device", user_code=typed or None)
    return see_other(url_for("base.sign_in_page", next=wish))


def _html(**what: object) -> str:
    return render_template("api/oauth/device.html", **what)
