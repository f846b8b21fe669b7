"""Words of the operator's pages for states, long work and what was done."""

from app.ui.say import gettext as _
from app.ui.say import pgettext
from tenants.operations import Operation


def state(name: str) -> str:
    """The state of a company."""
    words = {
        "trial": _("Trial"),
        "active": _("Active"),
        "past_due": _("Past due"),
        "read_only": _("Read-only"),
        "frozen": _("Held still"),
        "moving": _("Moving"),
        "claimed": _("Being set up"),
        "suspended": _("Suspended"),
        "deleting": _("Closed, will be removed"),
    }
    return words.get(name, name)


def cell_state(name: str) -> str:
    """Whether companies are placed in a cell."""
    return {"open": pgettext("cell", "open"), "closed": pgettext("cell", "closed")}.get(name, name)


def detail(name: str) -> str:
    """What is told of an act beside what it was; programs call it `name`."""
    words = {
        "reason": _("Reason"),
        "minutes": _("Minutes"),
        "may_write": _("May work"),
        "plan": _("Plan"),
        "before": _("Before"),
        "days": _("Days"),
        "error": _("What went wrong"),
        "job": _("Job"),
        "region": _("Region"),
        "cell": _("Cell"),
        "message": _("Message"),
        "until": _("Until"),
    }
    return words.get(name, name.replace("_", " "))


def told(value: object) -> str:
    """What stands behind it."""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    return str(value)


def kind(name: str) -> str:
    """What long work does."""
    words = {"export": _("Export"), "import": _("Import"), "move": _("Move"), "delete": _("Removal")}
    return words.get(name, name)


def outcome(name: str) -> str:
    """How long work stands."""
    words = {
        "running": _("running"),
        "waiting": _("waits for a yes"),
        "done": _("done"),
        "failed": _("failed"),
        "cancelled": _("cancelled"),
    }
    return words.get(name, name)


def step(work: Operation) -> str:
    """What is done at the moment."""
    words = {
        "build": _("Building the schema"),
        "rows": _("Rows"),
        "files": _("Files"),
        "verify": _("Verifying"),
        "index": _("Indexes and references"),
        "people": _("People and apps"),
        "open": _("Opening"),
        "copy": _("Copying while it works"),
        "catch up": _("Catching up"),
        "close": _("Closing for a moment"),
        "last changes": _("Last changes"),
        "compare": _("Comparing"),
        "flip": _("Opening over there"),
        "count": _("Counting"),
        "database": _("Rows and roles"),
        "queue": _("Queues"),
        "look": _("Looking for what is left"),
        "catalogue": _("People and accounts"),
    }
    return words.get(work.step, work.step)


def verb(name: str) -> str:
    """What was done to a company."""
    words = {
        "tenant.suspended": _("Suspended"),
        "tenant.resumed": _("Opened again"),
        "tenant.plan_given": _("Put on another plan"),
        "tenant.export_asked": _("Export asked for"),
        "tenant.export_failed": _("Export failed"),
        "tenant.export_cancelled": _("Export cancelled"),
        "tenant.move_asked": _("Move asked for"),
        "tenant.move_failed": _("Move failed"),
        "tenant.move_cancelled": _("Move cancelled"),
        "tenant.confirm_asked": _("Move confirmed"),
        "tenant.confirm_failed": _("Confirming the move failed"),
        "tenant.back_asked": _("Move back asked for"),
        "tenant.back_failed": _("Move back failed"),
        "tenant.closed": _("Closed"),
        "tenant.kept": _("Opened again"),
        "tenant.hastened": _("Removal asked for at once"),
        "workspace.closed": _("Closed by an owner"),
        "workspace.kept": _("Opened again by an owner"),
        "support.asked": _("Support asked to come in"),
        "support.granted": _("Support let in"),
        "support.refused": _("Support refused"),
        "support.entered": _("Support went in"),
        "support.ended": _("Support ended"),
        "job.tried_again": _("Job tried once more"),
        "job.dropped": _("Job dropped"),
    }
    return words.get(name, name)
