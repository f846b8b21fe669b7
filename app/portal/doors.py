"""The blueprint that every page of a portal hangs on, at `<slug>-portal.`, and its guard."""

from flask import Blueprint, g, request
from werkzeug.routing import BaseConverter, ValidationError

from tenants import slugs
from tenants.catalogue import by_slug
from tenants.context import Tenant

SUFFIX = "-portal"

portal = Blueprint("portal", __name__, subdomain="<portal:slug>")


class PortalConverter(BaseConverter):
    """A portal's address, `acme-portal`, as the workspace's slug `acme`."""

    regex = r"[a-z0-9-]+-portal"
    part_isolating = True

    def to_python(self, value: str) -> str:
        slug = value.removesuffix(SUFFIX)
        if slugs.fault(slug) is not None:
            raise ValidationError
        return slug

    def to_url(self, value: str) -> str:
        return f"{value}{SUFFIX}"


def find_tenant() -> Tenant | None:
    """The tenant whose portal the host names; None where nobody has that address."""
    g.tenant = by_slug((request.view_args or {}).get("slug", ""))
    found: Tenant | None = g.tenant
    return found
