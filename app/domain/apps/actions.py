"""What a company does with the apps it registered."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from uuid import UUID

from app.core.actor import Actor
from app.core.clock import now
from app.core.errors import Conflict, Invalid, LimitReached, NotAllowed, Problem
from app.core.ids import new_id
from app.core.permissions import SCOPES, grantable, require
from app.core.text import N_
from app.core.tokens import hashed, new_secret
from app.domain.apps import consents, facts, queries, rules, tokens
from app.domain.apps.models import App
from tenants.context import current
from tenants.session import session

PERMISSION = "apps:manage"


@dataclass(frozen=True)
class Wanted:
    """What an app is to be: its name, whether it keeps a secret, how it gets tokens and what it may do."""

    name: str
    kind: rules.Kind
    grant_types: tuple[str, ...]
    scopes: tuple[str, ...]
    redirect_uris: tuple[str, ...] = ()
    description: str = ""
    homepage: str = ""


def register(actor: Actor, wanted: Wanted, *, app_id: UUID | None = None) -> tuple[App, str | None]:
    """A new app of this company, and its secret if it keeps one: shown now and never again.

    An app that acts by itself is let into the company at once. Raises Invalid for what it may not be,
    Conflict where a form with this `app_id` was sent before.
    """
    require(actor, PERMISSION)
    _check(actor, wanted)
    _check_room()
    if app_id is not None and session.get(App, app_id) is not None:
        raise Conflict(N_("This app is registered already."))
    secret = _new_secret() if wanted.kind == "confidential" else None
    app = App(
        id=app_id or new_id(),
        client_id=f"kith_{secrets.token_hex(12)}",
        name=wanted.name,
        description=wanted.description,
        homepage=wanted.homepage,
        kind=wanted.kind,
        redirect_uris=list(wanted.redirect_uris),
        grant_types=list(wanted.grant_types),
        scopes=list(wanted.scopes),
        secret_hash=hashed(secret) if secret else None,
        tenant_id=current().id,
        identity_id=actor.identity_id,
        created_at=now(),
    )
    session.add(app)
    session.flush()
    facts.note(actor, "app.registered", app, scopes=list(wanted.scopes), kind=wanted.kind)
    if rules.CLIENT_CREDENTIALS in wanted.grant_types:
        consents.give(actor, app, None, wanted.scopes)
    return app, secret


def change(actor: Actor, app_id: UUID, wanted: Wanted) -> App:
    """Another name, other addresses or scopes; how it gets its tokens stays.

    An app that may do less than before is shut out at once and let in anew.
    """
    require(actor, PERMISSION)
    app = queries.own(app_id)
    wanted = replace(wanted, kind=_kind(app), grant_types=tuple(app.grant_types))
    _check(actor, wanted)
    lost = set(app.scopes) - set(wanted.scopes)
    app.name, app.redirect_uris, app.scopes = wanted.name, list(wanted.redirect_uris), list(wanted.scopes)
    app.updated_at = now()
    session.flush()
    if lost:
        consents.end_everywhere(app)
    if rules.CLIENT_CREDENTIALS in app.grant_types and app.disabled_at is None:
        consents.give(actor, app, None, app.scopes)
    facts.note(actor, "app.changed", app, scopes=list(app.scopes))
    return app


def fresh_token(actor: Actor, app_id: UUID) -> tokens.Issued:
    """An access token for an app that acts by itself, to try the API with."""
    require(actor, PERMISSION)
    app = queries.own(app_id)
    consent = consents.of_company(app)
    if consent is None:
        raise Invalid.one("app", "outside", N_("This app does not act by itself here."))
    facts.note(actor, "app.token_shown", app)
    return tokens.issue(consent, consent.data["scopes"])


def rotate_secret(actor: Actor, app_id: UUID) -> tuple[App, str]:
    """Another secret; the one before works on for a week, so that nothing stops while it is exchanged."""
    require(actor, PERMISSION)
    app = queries.own(app_id)
    if app.kind != "confidential":
        raise Invalid.one("kind", "public", N_("This app keeps no secret."))
    secret = _new_secret()
    app.previous_secret_hash, app.previous_secret_until = app.secret_hash, now() + rules.SECRET_OVERLAP
    app.secret_hash, app.updated_at = hashed(secret), now()
    session.flush()
    facts.note(actor, "app.secret_rotated", app)
    return app, secret


def forget_previous_secret(actor: Actor, app_id: UUID) -> App:
    """The secret before the present one stops working now."""
    require(actor, PERMISSION)
    app = queries.own(app_id)
    app.previous_secret_hash = app.previous_secret_until = None
    facts.note(actor, "app.secret_forgotten", app)
    return app


def disable(actor: Actor, app_id: UUID) -> App:
    """Shut the app out of every workspace, with all its tokens, until it is enabled again."""
    require(actor, PERMISSION)
    app = queries.own(app_id)
    app.disabled_at = app.updated_at = now()
    consents.end_everywhere(app)
    facts.note(actor, "app.disabled", app)
    return app


def enable(actor: Actor, app_id: UUID) -> App:
    """Let a disabled app ask again; people consent anew."""
    require(actor, PERMISSION)
    app = queries.own(app_id)
    app.disabled_at, app.updated_at = None, now()
    facts.note(actor, "app.enabled", app)
    if rules.CLIENT_CREDENTIALS in app.grant_types:
        consents.give(actor, app, None, app.scopes)
    return app


def delete(actor: Actor, app_id: UUID) -> App:
    """Remove an app for good, with all its tokens in every workspace."""
    require(actor, PERMISSION)
    app = queries.own(app_id)
    consents.end_everywhere(app)
    facts.note(actor, "app.deleted", app)
    session.delete(app)
    session.flush()
    return app


def _kind(app: App) -> rules.Kind:
    return "public" if app.kind == "public" else "confidential"


def _check(actor: Actor, wanted: Wanted) -> None:
    told = rules.problems(
        wanted.name, wanted.kind, wanted.grant_types, wanted.redirect_uris, wanted.scopes
    ) + _scope_problems(wanted.scopes)
    if told:
        raise Invalid(told)
    if not set(wanted.scopes) <= actor.permissions:
        raise NotAllowed(min(set(wanted.scopes) - actor.permissions))


def _check_room() -> None:
    if len(queries.of_company()) >= rules.MOST_APPS:
        raise LimitReached(N_("This company has 100 apps. Delete one first."))


def _scope_problems(scopes: Sequence[str]) -> list[Problem]:
    return [_unknown(scope) for scope in scopes if scope not in SCOPES]


def _unknown(scope: str) -> Problem:
    shared = grantable(scope)
    near = [shared] if shared in SCOPES else get_close_matches(scope, SCOPES, 1)
    if not near:
        return Problem("scopes", "unknown", N_("There is no scope %(scope)s."), {"scope": scope})
    message = N_("There is no scope %(scope)s. Did you mean %(near)s?")
    return Problem("scopes", "unknown", message, {"scope": scope, "near": near[0]})


def _new_secret() -> str:
    """A secret that scanners for leaked secrets can recognise."""
    return f"kith_secret_{new_secret()}"
