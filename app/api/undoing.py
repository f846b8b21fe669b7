"""Taking back one change of a record or of a view by its fact; jobs and merges have their own addresses."""

from typing import Any
from uuid import UUID

from flask import Response

from app.api import asking
from app.api.answers import no_body, path_of, told
from app.api.doors import actor, api
from app.api.scopes import any_token
from app.core.errors import NotFound
from app.domain.views import actions as views
from app.domain.views import queries
from app.domain.views.models import View
from app.records import undo
from app.records.record import Record


@api.post("/changes/<uuid:fact_id>/undo")
@any_token
def undo_change(fact_id: UUID) -> Response:
    """It is again as before, unless something later stands on it; asked again nothing more happens."""
    asking.known(())
    no_body()
    try:
        return told(_view(views.undo(actor(), fact_id)))
    except NotFound:
        return told(_record(undo.undo(actor(), fact_id, again=True)))


def _record(record: Record) -> dict[str, Any]:
    return {
        "object": record.object,
        "id": record.id,
        "version": record.version,
        "deleted": record.deleted_at is not None,
        "path": path_of(record.id, record.object),
    }


def _view(view: View) -> dict[str, Any]:
    return {
        "object": "views",
        "id": view.id,
        "version": view.version,
        "deleted": not queries.exists(actor(), view.id),
        "path": path_of(view.id, "views"),
    }


def way_back(view_id: UUID) -> dict[str, str]:
    """The header that says where the newest change of the view is taken back."""
    fact_id = queries.last_change(view_id)
    return {"Link": f'</api/v1/changes/{fact_id}/undo>; rel="undo"'} if fact_id else {}
