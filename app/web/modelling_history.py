"""Settings > Objects and fields > History: every change of the model, each with the way back."""

from uuid import UUID

from flask import render_template, request, url_for
from werkzeug.wrappers import Response

from app.core.errors import Conflict, Invalid
from app.core.ids import parse_id
from app.domain.jobs.models import Job
from app.domain.modelling import history, queries
from app.domain.retyping import returning, telling
from app.ui import modelling_history as words
from app.ui.http import see_other, toast
from app.ui.modelling import refusal
from app.ui.say import gettext as _
from app.ui.standing.words import formats
from app.web.doors import actor, workspace


@workspace.get("/settings/objects/history")
def list_model_changes() -> str:
    """Who added, changed or hid what, the latest first; `?object=` of one object only."""
    chosen = request.args.get("object") or None
    objects = queries.every(actor())
    page = history.page(actor(), parse_id(request.args.get("before", "")), chosen)
    seen = next((each for each in objects if each.name == chosen), None)
    crumbs = [(_("Objects and fields"), url_for("workspace.list_object_types"))]
    if seen is not None:
        crumbs.append((_(seen.plural), url_for("workspace.show_object_type", name=seen.name)))
    return render_template(
        "web/modelling/history.html",
        crumbs=[*crumbs, (_("History"), None)],
        items=words.items(page.steps, objects, formats(), telling.effects(actor(), page.steps)),
        chosen=seen,
        earlier=url_for("workspace.list_model_changes", before=page.before, object=chosen)
        if page.before
        else None,
    )


@workspace.post("/settings/objects/history/<uuid:fact_id>/reversal")
def undo_model_change(fact_id: UUID) -> Response:
    """Take one change back, or say why it stays."""
    try:
        taken = returning.undo(actor(), fact_id)
    except Invalid as refused:
        toast(_("Not undone: %(why)s", why=refusal(refused)), broken=True)
    except Conflict as conflict:
        toast(_("Not undone: %(why)s", why=_(str(conflict))), broken=True)
    else:
        if isinstance(taken, Job):
            toast(_("The kind is being changed back"), job_id=taken.id)
        else:
            toast(_("The change is taken back"), way_back())
    return see_other(url_for("workspace.list_model_changes"))


def way_back() -> str | None:
    """Where the change that this request made is taken back."""
    fact_id = history.latest()
    return url_for("workspace.undo_model_change", fact_id=fact_id) if fact_id else None
