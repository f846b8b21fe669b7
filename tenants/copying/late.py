"""What a process meets that has not heard yet that a tenant moves."""

from typing import TypeGuard

from sqlalchemy.exc import DBAPIError

from tenants import catalogue
from tenants.context import Tenant

_NO_RIGHT = "42501"


def came_late(error: BaseException, tenant: Tenant | None) -> TypeGuard[DBAPIError]:
    """Whether a write for `tenant` was refused because it is being moved, or has moved, meanwhile.

    Nothing was changed, and trying again helps: from now on this process knows.
    """
    if tenant is None or not isinstance(error, DBAPIError):
        return False
    if getattr(error.orig, "sqlstate", None) != _NO_RIGHT:
        return False
    catalogue.forget(tenant)
    fresh = catalogue.by_id(tenant.id)
    return fresh is None or (fresh.cell, fresh.epoch, fresh.state) != (
        tenant.cell,
        tenant.epoch,
        tenant.state,
    )
