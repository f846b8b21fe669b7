"""Where everything is, and who one is here."""

from flask import Response, current_app

from app.api import asking, limits
from app.api.answers import told
from app.api.doors import api, entry, tenant
from app.api.scopes import any_token, everybody
from app.domain.plans import figures
from app.domain.plans import queries as plans
from app.records import registry


@api.get("/")
@everybody
def index() -> Response:
    """The addresses of the API, and where a token comes from."""
    base = current_app.extensions["kith"].base_url
    here = f"{base}/api/v1"
    return told(
        {
            "name": "Kith",
            "version": "v1",
            "openapi": f"{here}/openapi.json",
            "documentation": f"{base}/developers",
            "authorization_server": f"{base}/.well-known/oauth-authorization-server",
            "me": f"{here}/me",
            "model": f"{here}/objects",
            "objects": {each.name: f"{here}/{each.name}" for each in registry.every()},
            "search": f"{here}/search",
            "members": f"{here}/members",
            "imports": f"{here}/imports",
            "exports": f"{here}/exports",
            "files": f"{here}/files",
            "changes": f"{here}/changes",
            "views": f"{here}/views",
        }
    )


@api.get("/me")
@any_token
def show_me() -> Response:
    """The company, the app, whom it acts for, with which scopes and limits."""
    asking.known(())
    present, company = entry(), tenant()
    actor = present.actor
    member = {"id": actor.id, "name": actor.name, "role": actor.role} if actor.kind == "member" else None
    return told(
        {
            "tenant": {
                "id": company.id,
                "slug": company.slug,
                "name": company.name,
                "state": company.state,
                "time_zone": present.settings.time_zone,
                "currency": present.settings.currency,
                "language": present.settings.language,
            },
            "app": {"id": present.app_id, "client_id": present.client_id, "name": present.app_name},
            "member": member,
            "scopes": sorted(actor.permissions),
            "granted_scopes": sorted(present.scopes),
            "expires_at": present.expires_at,
            "limits": {
                "requests_per_minute": limits.most(company),
                "page": 200,
                "batch": 200,
                **plans.limits(company),
            },
            "plan": company.plan,
            "trial_ends_at": company.trial_ends_at,
            "usage": figures.all_of(company),
        }
    )
