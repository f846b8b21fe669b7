"""Deleting for good: a record that lies in the trash, or all of them."""

from uuid import UUID

from werkzeug.wrappers import Response

from app.domain.purging import actions
from app.records import reading
from app.records.types import ObjectType
from app.ui.http import see_other, toast
from app.ui.say import gettext as _
from app.web.doors import actor, workspace


@workspace.post("/<object:described>/<uuid:record_id>/purge")
def purge_record(described: ObjectType, record_id: UUID) -> Response:
    """The record and all that is nothing without it are gone."""
    record = reading.fetch(actor(), described.name, record_id, trashed=True)
    actions.purge(actor(), described.name, [record_id])
    toast(_("%(name)s is deleted for good", name=record.title or _(described.singular)))
    return see_other(f"/{described.name}?trash=1")


@workspace.post("/<object:described>/trash/purge")
def empty_trash(described: ObjectType) -> Response:
    """A job does it, however much lies there."""
    job = actions.ask(actor(), described.name)
    toast(_("The trash is being emptied"), job_id=job.id)
    return see_other(f"/{described.name}?trash=1")
