"""What the state of a company allows: one table, asked at every door and by every job."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from app.core.errors import Held
from tenants import revisions, switches
from tenants.context import Tenant

Jobs = Literal["run", "wait"]
Act = Literal["enter", "write", "care", "portal", "api", "export", "letters"]
Overlay = Callable[[Tenant], str | None]


@dataclass(frozen=True)
class Policy:
    """What is allowed in one state.

    `enter` lets members in, `write` lets anybody change anything, `care` what is marked as always allowed:
    leaving, safety, paying. `portal` lets customers in and `api` programs. `export` lets the company take
    its data along. `letters` are notices to its customers. Mail that comes in is taken, or its sender asked
    to try again `later`, or refused. What `passes` is over in moments.
    """

    enter: bool = True
    write: bool = True
    care: bool = True
    portal: bool = True
    api: bool = True
    export: bool = True
    letters: bool = True
    jobs: Jobs = "run"
    inbound: Literal["take", "later", "refuse"] = "take"
    passes: bool = False


_OPEN = Policy()
# Reading and taking data along go on, customers read on and their mails are kept: the company can come back.
_READ_ONLY = replace(_OPEN, write=False, letters=False)
_CLOSED = Policy(
    enter=False, write=False, care=False, portal=False, api=False, export=False, letters=False, jobs="wait",
    inbound="later",
)  # fmt: skip
_SHUT_FOR_MOMENTS = replace(_CLOSED, passes=True)

# Unpaid is no reason to stop somebody's work: past due differs by its banner only.
TABLE: Mapping[str, Policy] = {
    "trial": _OPEN,
    "active": _OPEN,
    "past_due": _OPEN,
    "read_only": _READ_ONLY,
    # Held still while it is copied: members and customers read, nothing at all is written.
    "frozen": replace(_CLOSED, enter=True, portal=True, passes=True),
    "moving": _SHUT_FOR_MOMENTS,
    "claimed": _SHUT_FOR_MOMENTS,
    "suspended": _CLOSED,
    # The company may take its data along, and come back, until its days are over.
    "deleting": replace(_CLOSED, export=True, inbound="refuse"),
    # Not states of a company but of what it runs on: its schema is too old, or everything is worked upon.
    "upgrading": _SHUT_FOR_MOMENTS,
    "maintenance": _SHUT_FOR_MOMENTS,
}
PASSES_SECONDS = 5
# The switch of the whole installation, and how soon it is worth while to look again.
MAINTENANCE = "maintenance"
MAINTENANCE_SECONDS = 30

_overlays: list[Overlay] = []


def overlay(name_of: Overlay) -> Overlay:
    """Have `name_of` asked before the company's own state: it answers another row of TABLE, or None."""
    _overlays.append(name_of)
    return name_of


@overlay
def _maintenance(tenant: Tenant) -> str | None:  # noqa: ARG001 - it is every company's
    return MAINTENANCE if switches.get(MAINTENANCE) is not None else None


@overlay
def _upgrading(tenant: Tenant) -> str | None:
    """What this release needs may not be there yet; what is newer than it knows only has more."""
    return "upgrading" if revisions.is_too_old(tenant.schema_rev) else None


def state_of(tenant: Tenant) -> str:
    """The row of TABLE that holds for the company at this moment."""
    return next((name for each in _overlays if (name := each(tenant))), tenant.state)


def of(tenant: Tenant) -> Policy:
    """What is allowed to the company at this moment."""
    return TABLE[state_of(tenant)]


def may_enter(tenant: Tenant) -> bool:
    """Whether members may see the workspace."""
    return of(tenant).enter


def may_write(tenant: Tenant) -> bool:
    """Whether anything in the workspace may change."""
    return of(tenant).write


def is_still(tenant: Tenant) -> bool:
    """Whether members are in and nothing can be changed, for longer than moments."""
    allowed = of(tenant)
    return allowed.enter and not allowed.write and not allowed.passes


def without_changes(held: frozenset[str]) -> frozenset[str]:
    """What of the rights `held` the pages of a company go by that `is_still`: they offer no change."""
    return held & {right for right in held if not _changes(right)}


def withheld(tenant: Tenant | None, right: str) -> bool:
    """Whether the company's state takes `right` from everybody."""
    return tenant is not None and _changes(right) and is_still(tenant)


def _changes(right: str) -> bool:
    """Others are for managing too: leaving, safety and paying go by them, which are always allowed."""
    return right.endswith((":write", ":delete", ":clear"))


def require_act(tenant: Tenant, *, is_read: bool, is_always: bool) -> None:
    """Raise Held where the company's state forbids a request; to read one needs no more than to be in."""
    if not is_read:
        require(tenant, "care" if is_always else "write")


def require(tenant: Tenant, act: Act) -> None:
    """Return where `act` is allowed, else raise Held, which says by which state."""
    state = state_of(tenant)
    policy = TABLE[state]
    if not getattr(policy, act):
        raise Held(state, act, _seconds(state) if policy.passes else None)


def require_open() -> None:
    """Return unless everything is worked upon: for pages that belong to no company. Raises Held."""
    if switches.get(MAINTENANCE) is not None:
        raise Held(MAINTENANCE, "enter", MAINTENANCE_SECONDS)


def _seconds(state: str) -> int:
    return MAINTENANCE_SECONDS if state == MAINTENANCE else PASSES_SECONDS
