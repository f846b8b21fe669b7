"""Finding apps."""

from uuid import UUID

from sqlalchemy import select

from app.core.clock import now
from app.core.errors import NotFound
from app.domain.apps.models import App, AppTenant
from tenants import catalogue
from tenants.context import Tenant, current
from tenants.session import session


def by_client_id(client_id: str) -> App | None:
    """The app that calls itself so, if it exists and is not disabled."""
    return session.scalar(select(App).where(App.client_id == client_id, App.disabled_at.is_(None)))


def own(app_id: UUID) -> App:
    """An app that the current company registered; NotFound where it is another's."""
    app = session.get(App, app_id)
    if app is None or app.tenant_id != current().id:
        raise NotFound
    return app


def of_company() -> list[App]:
    """The apps that the current company registered, the newest first."""
    statement = select(App).where(App.tenant_id == current().id).order_by(App.created_at.desc(), App.id)
    return list(session.scalars(statement))


def named(app_ids: set[UUID]) -> dict[UUID, App]:
    """Apps by id, whoever registered them."""
    return {app.id: app for app in session.scalars(select(App).where(App.id.in_(app_ids)))}


def tenants_of(app: App) -> list[Tenant]:
    """The workspaces that have let the app in."""
    ids = session.scalars(select(AppTenant.tenant_id).where(AppTenant.app_id == app.id)).all()
    return [tenant for tenant in map(catalogue.by_id, ids) if tenant is not None]


def registrant(app: App) -> str:
    """The company that registered the app, by name; empty where it is Kith's own."""
    tenant = catalogue.by_id(app.tenant_id) if app.tenant_id else None
    return tenant.name if tenant else ""


def secret_hashes(app: App) -> list[bytes]:
    """Hashes of the secrets that are good now: the app's own, and the one before while it overlaps."""
    until = app.previous_secret_until
    earlier = app.previous_secret_hash if until is not None and until > now() else None
    return [each for each in (app.secret_hash, earlier) if each is not None]
