"""One vocabulary of rights: what roles hold, what OAuth scopes name, what actions ask for."""

from collections.abc import Set

from app.core.actor import Actor
from app.core.errors import NotAllowed
from app.core.text import N_

OBJECTS = "companies contacts deals activities products orders order_lines deliveries incidents cases".split()

# Stands for every object that a company adds: `x_machines:read` is held by whoever holds `x_*:read`.
ADDED = "x_*"
_OWN = "x_"
# With `x_machines:named` that object's permissions are said one by one.
NAMED = "named"


def grantable(scope: str) -> str:
    """The scope that an app asks for to hold this one: what a company adds has one in common."""
    name, _, verb = scope.rpartition(":")
    return f"{ADDED}:{verb}" if name.startswith(_OWN) else scope


class Rights(frozenset[str]):
    """Permissions that are held, for added objects too; what two sets share is again such a set."""

    def __contains__(self, permission: object) -> bool:
        if super().__contains__(permission):
            return True
        if not isinstance(permission, str) or not permission.startswith(_OWN):
            return False
        name, _, verb = permission.rpartition(":")
        return not super().__contains__(f"{name}:{NAMED}") and super().__contains__(f"{ADDED}:{verb}")

    def __and__(self, other: Set[object]) -> "Rights":
        theirs = {each for each in other if isinstance(each, str) and each in self}
        return Rights(theirs | {each for each in self if each in other})

    __rand__ = __and__

    def __or__(self, other: Set[str]) -> "Rights":  # type: ignore[override]
        return Rights(frozenset.__or__(self, other))

    __ror__ = __or__


_READ = Rights(f"{name}:read" for name in [*OBJECTS, ADDED])
_WRITE = Rights(f"{name}:write" for name in [*OBJECTS, ADDED])
_DELETE = Rights(f"{name}:delete" for name in [*OBJECTS, ADDED])
_TALK = frozenset({"messages:read", "messages:write"})
_MANAGE = frozenset({"workspace:manage", "members:manage", "apps:manage", "demo:clear", "records:purge"})

_WORK = _READ | _WRITE | _DELETE | _TALK
_USUAL = frozenset({"members:read", "jobs:read", "imports:run", "mailboxes:use"})

# The standard roles; `custom` gives nothing by itself: all comes from the roles that the company made.
ROLES: dict[str, Rights] = {
    "custom": Rights(),
    "reader": _READ | {"members:read", "jobs:read", "messages:read"},
    "member": _WORK | _USUAL,
    "admin": _WORK | _USUAL | _MANAGE,
    "owner": _WORK | _USUAL | _MANAGE | {"owners:manage"},
}

EVERYTHING = ROLES["owner"]

# What a company's own role may hold beside rights to objects; managing stays with the standard roles.
ABILITIES = (
    "messages:read",
    "messages:write",
    "members:read",
    "jobs:read",
    "imports:run",
    "mailboxes:use",
    "records:purge",
)

# What Kith's own support may do in a workspace that lets it in: read, or work too. Never what would outlast
# the visit or reach beyond it: people, apps, the plan, settings, taking data along, letting itself in.
SUPPORT_READS = ROLES["reader"]
SUPPORT_WRITES = _WORK | {"members:read", "jobs:read", "imports:run"}

# A customer's, within the rows and fields that are his: see app.records.scope.
CUSTOMER = frozenset(
    f"{name}:read"
    for name in "companies contacts products orders order_lines deliveries incidents cases".split()
) | {"contacts:write", "incidents:write", "messages:read", "messages:write", "files:read", "files:write"}

# What an app may be given, in words for the person who is asked. Managing people and apps is not among it.
SCOPES: dict[str, str] = {
    "companies:read": N_("See companies"),
    "companies:write": N_("Add and change companies"),
    "companies:delete": N_("Move companies to the trash and back"),
    "contacts:read": N_("See contacts"),
    "contacts:write": N_("Add and change contacts"),
    "contacts:delete": N_("Move contacts to the trash and back"),
    "deals:read": N_("See deals"),
    "deals:write": N_("Add and change deals"),
    "deals:delete": N_("Move deals to the trash and back"),
    "activities:read": N_("See activities"),
    "activities:write": N_("Add and change activities"),
    "activities:delete": N_("Move activities to the trash and back"),
    "products:read": N_("See products"),
    "products:write": N_("Add and change products"),
    "products:delete": N_("Move products to the trash and back"),
    "orders:read": N_("See orders"),
    "orders:write": N_("Add and change orders"),
    "orders:delete": N_("Move orders to the trash and back"),
    "order_lines:read": N_("See what was ordered"),
    "order_lines:write": N_("Add and change lines of orders"),
    "order_lines:delete": N_("Move lines of orders to the trash and back"),
    "deliveries:read": N_("See deliveries"),
    "deliveries:write": N_("Add and change deliveries"),
    "deliveries:delete": N_("Move deliveries to the trash and back"),
    "incidents:read": N_("See incidents"),
    "incidents:write": N_("Report and solve incidents"),
    "incidents:delete": N_("Move incidents to the trash and back"),
    "cases:read": N_("See cases"),
    "cases:write": N_("Open and change cases"),
    "cases:delete": N_("Move cases to the trash and back"),
    f"{ADDED}:read": N_("See records of the objects that the company added"),
    f"{ADDED}:write": N_("Add and change records of the objects that the company added"),
    f"{ADDED}:delete": N_("Move records of the objects that the company added to the trash and back"),
    "records:purge": N_("Delete for good what lies in the trash"),
    "messages:read": N_("Read conversations with customers"),
    "messages:write": N_("Write to customers, and notes about them"),
    "members:read": N_("See who works here"),
    "jobs:read": N_("See the state of imports and other long work"),
    "imports:run": N_("Import files and take imports back"),
}


def require(actor: Actor, permission: str) -> None:
    """Return where `actor` holds `permission`, else raise NotAllowed."""
    if permission not in actor.permissions:
        raise NotAllowed(permission)
