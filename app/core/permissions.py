"""One vocabulary of rights: what roles hold, what OAuth scopes will name, what actions ask for."""

from app.core.actor import Actor
from app.core.errors import NotAllowed

OBJECTS = "companies contacts deals activities products orders order_lines deliveries incidents cases".split()

_READ = frozenset(f"{name}:read" for name in OBJECTS)
_WRITE = frozenset(f"{name}:write" for name in OBJECTS)
_DELETE = frozenset(f"{name}:delete" for name in OBJECTS)
_MANAGE = frozenset({"workspace:manage", "members:manage", "demo:clear"})

ROLES: dict[str, frozenset[str]] = {
    "reader": _READ | {"members:read", "jobs:read"},
    "member": _READ | _WRITE | _DELETE | {"members:read", "jobs:read", "imports:run"},
    "admin": _READ | _WRITE | _DELETE | _MANAGE | {"members:read", "jobs:read", "imports:run"},
    "owner": _READ
    | _WRITE
    | _DELETE
    | _MANAGE
    | {"members:read", "jobs:read", "imports:run", "owners:manage"},
}

EVERYTHING = ROLES["owner"]


def require(actor: Actor, permission: str) -> None:
    """Return where `actor` holds `permission`, else raise NotAllowed."""
    if permission not in actor.permissions:
        raise NotAllowed(permission)
