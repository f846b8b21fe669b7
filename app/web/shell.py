"""What stands round every page of the workspace: places, counts, who is here."""

from functools import partial

from flask import Flask, g, request, url_for
from werkzeug.local import LocalProxy

from app.domain.plans import policy
from app.records import registry
from app.records.reader import Reader
from app.ui import cookies
from app.ui.http import toasts
from app.ui.say import gettext as _
from app.ui.shell import NavItem, NavSection, Shell
from app.ui.standing.nav import nav as counted
from app.ui.standing.words import formats
from app.ui.states import Told, banner
from app.web.doors import actor, tenant
from tenants.context import maybe_current

# Objects in the side bar, in this order; what is left out is reached from these.
PLACES = (
    "companies",
    "contacts",
    "deals",
    "orders",
    "deliveries",
    "incidents",
    "cases",
    "products",
    "activities",
)


def register(app: Flask) -> None:
    """Give templates `shell` on the pages of members, and what was said since the last page."""

    @app.context_processor
    def _given() -> dict[str, object]:
        # After a failure the unit of work is over: the page that says so stands without the shell.
        if "grant_id" not in g or request.blueprint != "workspace" or maybe_current() is None:
            return {"flashes": LocalProxy(toasts)}
        return {
            "shell": LocalProxy(_shell),
            "entry": g.entry,
            "state_banner": LocalProxy(_banner),
            "is_writable": LocalProxy(_is_writable),
            "support_until": LocalProxy(_support_until),
            "live_cursor": Reader.at(g.entry.snapshot).cursor,
        }


def _shell() -> Shell:
    """The shell of this page; made once, by the first template that asks."""
    if "shell" not in g:
        g.shell = _made()
    made: Shell = g.shell
    return made


def _banner() -> Told | None:
    return banner(tenant())


def _is_writable() -> bool:
    return not policy.is_still(tenant())


def _support_until() -> str:
    return formats().time(g.entry.support.until)


def _made() -> Shell:
    entry = g.entry
    is_support = actor().kind == "support"
    return Shell(
        workspace=tenant().name,
        member=actor().name,
        email=entry.email,
        nav=_places(),
        find_url="/find",
        preferences_url=url_for("workspace.store_preference"),
        profile_url="" if is_support else url_for("workspace.show_profile"),
        settings_url=url_for("workspace.show_settings") if "members:read" in actor().permissions else "",
        sign_out_url=url_for("workspace.leave_support" if is_support else "workspace.leave_workspace"),
        switch_url=url_for("base.list_workspaces", _external=True),
        theme=entry.theme,
        density="compact" if entry.density == "compact" else "default",
        folded=cookies.read("side") == "folded",
        toasts=toasts(),
    )


def _places() -> tuple[NavSection, ...]:
    who, place = actor(), partial(_place, request.path)
    counts = counted(who)
    messages = (place(_("Messages"), "/messages", "messages-square", counts.messages),)
    first = (
        place(_("Today"), "/", "sun", counts.today),
        *(messages if "messages:read" in who.permissions else ()),
        place(_("Notices"), "/notices", "bell", counts.notices),
    )
    known = {described.name: described for described in registry.every()}
    records = tuple(
        place(_(known[name].plural), f"/{name}", known[name].icon, getattr(counts, name, None))
        for name in (*PLACES, *(each.name for each in known.values() if each.is_custom))
        if name in known and known[name].permission("read") in who.permissions
    )
    imports = (place(_("Imports"), "/imports", "upload"),)
    jobs = (place(_("Jobs"), "/jobs", "list-checks"),)
    members = (place(_("Members"), "/members", "users"),)
    work = (
        *(imports if "imports:run" in who.permissions else ()),
        *(jobs if "jobs:read" in who.permissions else ()),
        *(members if "members:read" in who.permissions else ()),
    )
    sections = (
        NavSection("", first),
        NavSection(_("Records"), records),
        NavSection(_("Workspace"), work),
    )
    return tuple(each for each in sections if each.items)


def _place(at: str, label: str, path: str, icon: str, count: str | None = None) -> NavItem:
    """A place of the side bar, seen from the page `at`."""
    here = at == path or (path != "/" and at.startswith(f"{path}/"))
    tone = "broken" if path == "/deliveries" and count else ""
    return NavItem(label, path, icon, current=here, count=count, tone=tone)  # type: ignore[arg-type]
