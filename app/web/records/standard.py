"""The columns of a list for which none are chosen: one's own standard, else the usual ones."""

from flask import g, request
from werkzeug.wrappers import Response

from app.core.actor import Actor
from app.domain.views import standard
from app.records import columns
from app.records.types import ObjectType
from app.ui.http import own_path, see_other, toast
from app.ui.records.columns import usual
from app.ui.say import gettext as _
from app.web.doors import actor, workspace


def standard_of(who: Actor, described: ObjectType) -> tuple[str, ...]:
    """Their names, the title first; what of one's own is not there any more is left out."""
    own = columns.chosen(who, described, g.entry.columns.get(described.name, ()))
    is_nothing_left = own.lost and len(own.names) == 1
    return own.names if own.names and not is_nothing_left else usual(who, described)


def has_own(described: ObjectType) -> bool:
    """Whether who is here keeps columns of his own for these lists."""
    return described.name in g.entry.columns


@workspace.post("/<object:described>/columns")
def store_columns(described: ObjectType) -> Response:
    """Lists of the object have these columns from now on, for oneself alone; none: the usual ones."""
    told = "" if "usual" in request.form else request.form.get("columns", "")
    names = [name for name in told.split(",") if name]
    standard.keep(actor(), described, names)
    toast(_("Your lists have these columns now") if names else _("Your lists have the usual columns again"))
    return see_other(own_path(request.form.get("next", ""), f"/{described.name}"))
