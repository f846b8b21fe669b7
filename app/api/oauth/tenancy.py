"""Which company a token or code belongs to."""

import re
from uuid import UUID

from app.domain.plans import policy
from tenants.catalogue import by_id
from tenants.context import Tenant

_OPAQUE = re.compile(r"[0-9a-f]{32}")


def tenant_of(token: str) -> Tenant | None:
    """The company whose token `<opaque tenant>.<secret>` this is, if it is open."""
    opaque, _, _ = token.partition(".")
    return by_id_if_open(UUID(hex=opaque)) if _OPAQUE.fullmatch(opaque) else None


def by_id_if_open(tenant_id: UUID) -> Tenant | None:
    """The company with this id, if it exists and anybody may enter it."""
    tenant = by_id(tenant_id)
    return tenant if tenant is not None and policy.of(tenant).api else None
