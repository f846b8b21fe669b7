"""The pages beside the workspace's settings, each with a sentence; what one may not open is left out."""

from collections.abc import Set
from dataclasses import dataclass

from app.core.text import N_
from app.ui.say import gettext
from app.ui.states import PLAN_PAGE


@dataclass(frozen=True, slots=True)
class Place:
    """A page of settings."""

    label: str
    told: str
    icon: str
    href: str


# What it takes to open it, where it is, its icon, its name, and what is done there.
_PLACES = (
    ("members:read", "/members", "users", N_("Members"), N_("Who works here, and new invitations")),
    ("members:manage", "/settings/roles", "shield", N_("Roles"), N_("What members may see and do")),
    ("members:manage", "/settings/teams", "users-round", N_("Teams"), N_("Who works together on records")),
    ("workspace:manage", "/settings/objects", "boxes", N_("Objects and fields"), N_("What you keep")),
    ("mailboxes:use", "/mailboxes", "mail", N_("Mailboxes"), N_("Mails with customers")),
    ("apps:manage", "/developers", "braces", N_("Developers"), N_("Apps, tokens and the API")),
    ("workspace:manage", PLAN_PAGE, "gauge", N_("Plan and usage"), N_("What you use, and what it costs")),
    ("workspace:manage", "/settings/support", "life-buoy", N_("Support access"), N_("Who may come to help")),
    ("owners:manage", "/settings/exports", "download", N_("Export everything"), N_("All your data as files")),
)


def places(permissions: Set[str]) -> list[Place]:
    """Those that one may open who holds these permissions."""
    return [
        Place(gettext(label), gettext(told), icon, href)
        for needed, href, icon, label, told in _PLACES
        if needed in permissions
    ]
