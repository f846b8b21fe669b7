"""Taking everything along: the owner asks for an archive of the workspace and fetches it."""

from uuid import UUID

from flask import redirect, render_template
from werkzeug.wrappers import Response

from app.domain.lifecycle import exports
from app.ui.http import see_other
from app.ui.jobs import view
from app.ui.marks import always
from app.ui.say import gettext as _
from app.ui.standing.words import formats
from app.web.doors import actor, workspace


@workspace.get("/settings/exports")
def list_archives() -> str:
    """What an archive holds, and those of the last days."""
    write = formats()
    shown = [view(job, write) for job in exports.made(actor())]
    crumbs = [(_("Settings"), "/settings"), (_("Export everything"), None)]
    return render_template("web/settings/archives.html", crumbs=crumbs, archives=shown, formats=write)


@workspace.post("/settings/exports")
@always
def ask_for_archive() -> Response:
    """Start writing everything into one file."""
    return see_other(f"/jobs/{exports.ask(actor()).id}")


@workspace.get("/settings/exports/<uuid:job_id>")
def fetch_archive(job_id: UUID) -> Response:
    """Send the browser to the file."""
    return redirect(exports.address(actor(), job_id), 302)
