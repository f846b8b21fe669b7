"""A person lets an app in: who asks, for what, in which company, answered where."""

from collections.abc import Sequence
from urllib.parse import urlencode, urlsplit

from authlib.oauth2.rfc6749.errors import AccessDeniedError
from flask import Response, current_app, make_response, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from app.api.oauth import asking
from app.api.oauth.asking import Refused, Request, Unknown
from app.api.oauth.doors import issuer, oauth
from app.api.oauth.registered import server
from app.core.errors import NotFound
from app.domain.apps import consents, queries
from app.domain.identities import queries as identities
from app.domain.identities.sessions import SignedIn
from app.domain.members import queries as members
from app.domain.members.models import Grant, Member
from app.domain.members.sessions import actor_of
from app.domain.plans import policy
from app.ui.headers import content_policy
from app.ui.http import see_other
from app.ui.marks import redeems_code
from app.ui.scopes import scope_words
from app.ui.signed_in import signed_in
from tenants.context import Tenant, entered


@oauth.get("/oauth/authorize")
@redeems_code
def authorize() -> Answer:
    """Ask the person; who has let a confidential app in before is sent on at once."""
    try:
        asked = asking.read()
    except Unknown as unknown:
        return _unknown(str(unknown))
    except Refused as refused:
        return _told(refused)
    who = signed_in()
    if who is None:
        wish = f"{request.path}?{request.query_string.decode('latin-1')}"
        return see_other(url_for("base.sign_in_page", next=wish))
    theirs = workspaces_of(who)
    if len(theirs) == 1 and not _comes_from_here() and (known := _remembered(asked, who, theirs[0])):
        return _let_in(asked, theirs[0], known)
    return _page(asked, who, theirs)


@oauth.post("/oauth/authorize")
def decide() -> Answer:
    """What the person decided, told to the app."""
    try:
        asked = asking.read()
    except Unknown as unknown:
        return _unknown(str(unknown))
    except Refused as refused:
        return _told(refused)
    who = signed_in()
    if who is None:
        return see_other(url_for("base.sign_in_page", next=f"{request.path}?{urlencode(asked.parameters)}"))
    if request.form.get("decision") != "allow":
        return _told(Refused(asking.addressed(AccessDeniedError(), asked.redirect_uri)))
    tenant = chosen_workspace(who)
    with entered(tenant):
        member = member_of(who)
        consent = consents.give(actor_of(member, door="web"), asked.app, member.id, asked.scopes)
    return _let_in(asked, tenant, consent)


def chosen_workspace(who: SignedIn) -> Tenant:
    """The company that the person chose; NotFound where it is not one of theirs."""
    slug = request.form.get("workspace", "")
    tenant = next((each for each in workspaces_of(who) if each.slug == slug), None)
    if tenant is None:
        raise NotFound
    return tenant


def member_of(who: SignedIn) -> Member:
    """The member that the person is in the current company."""
    member = members.of_identity(who.identity.id)
    if member is None:
        raise NotFound
    return member


def workspaces_of(who: SignedIn) -> list[Tenant]:
    return [each for each in identities.workspaces(who.identity.id) if policy.of(each).api]


def _remembered(asked: Request, who: SignedIn, tenant: Tenant) -> Grant | None:
    with entered(tenant):
        member = members.of_identity(who.identity.id)
        return consents.remembered(asked.app, member, asked.scopes) if member else None


def _comes_from_here() -> bool:
    """Whether the person has just signed in: no browser follows that form's answer to another site."""
    return (request.referrer or "").startswith(f"{issuer()}/")


def _let_in(asked: Request, tenant: Tenant, consent: Grant) -> Answer:
    with entered(tenant):
        answer: Answer = server.create_authorization_response(
            request=asked.grant.request, grant_user=consent, grant=asked.grant
        )
    return answer


def _told(refused: Refused) -> Answer:
    answer: Answer = server.handle_error_response(None, refused.error)
    return answer


def _unknown(what: str) -> Answer:
    return make_response(render_template("api/oauth/unknown.html", what=what), 400)


def _page(asked: Request, who: SignedIn, theirs: Sequence[Tenant]) -> Response:
    html = render_template(
        "api/oauth/consent.html",
        app=asked.app,
        registrant=queries.registrant(asked.app),
        scopes=scope_words(asked.scopes),
        parameters=asked.parameters,
        place=_place(asked.redirect_uri),
        who=who,
        workspaces=theirs,
    )
    return framed(html, asked.redirect_uri)


def framed(html: str, redirect_uri: str = "") -> Response:
    """A page that may be shown in no frame and whose form may end at the app's address."""
    answer = make_response(html)
    policy_text = content_policy(current_app.extensions["kith"], form_targets=_target(redirect_uri))
    answer.headers["Content-Security-Policy"] = policy_text
    return answer


def _target(redirect_uri: str) -> str:
    """Where the browser may be sent after the form, in the words of CSP, which knows no IPv6 address."""
    parts = urlsplit(redirect_uri)
    if parts.scheme in {"http", "https"} and "[" not in parts.netloc:
        return f"{parts.scheme}://{parts.netloc}"
    return f"{parts.scheme}:" if parts.scheme else ""


def _place(redirect_uri: str) -> str:
    """Where the person will be sent, as a person reads it."""
    parts = urlsplit(redirect_uri)
    return parts.netloc if parts.scheme in {"http", "https"} else f"{parts.scheme}:"
