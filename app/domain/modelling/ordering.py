"""The order of a company's own fields: in forms, on pages, in tables, and in what is exported."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from app.core.actor import Actor
from app.core.errors import Invalid, NotFound, Problem
from app.core.text import N_
from app.domain.modelling import actions
from app.records.tables import field_rows
from tenants.session import session

UNKNOWN = N_("There is no field of your own with this name.")


def order_fields(actor: Actor, object_name: str, names: Sequence[str], *, undoes: UUID | None = None) -> None:
    """Let the object's own fields stand in this order; those not named follow as they stood.

    Raises Invalid for what is no field of the company's own there, NotFound where it has none.
    """
    actions.alone(actor)
    before = own_order(object_name)
    if not before:
        raise NotFound(object_name)
    unknown = [each for each in names if each not in before]
    if unknown:
        raise Invalid([Problem("order", "unknown_field", UNKNOWN, {"name": unknown[0][:100]})])
    order = [*dict.fromkeys((*names, *before))]
    for position, name in enumerate(order):
        here = (field_rows.c.object == object_name) & (field_rows.c.name == name)
        session.execute(update(field_rows).where(here).values(position=position))
    told = {"order": before}, {"order": order}
    actions.changed(actor, "fields_ordered", (object_name, None), *told, undoes=undoes)


def own_order(object_name: str) -> list[str]:
    """The names of the object's own fields as they stand, those that are hidden among them."""
    place: Any = (field_rows.c.position, field_rows.c.name)
    here = (field_rows.c.object == object_name) & field_rows.c.is_custom
    return list(session.scalars(select(field_rows.c.name).where(here).order_by(*place)))
