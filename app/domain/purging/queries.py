"""What deleting for good would take along, before anybody decides."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select

from app.core.actor import Actor
from app.core.permissions import require
from app.domain.bulk.queries import COUNTED, found
from app.domain.bulk.rules import Selection
from app.domain.purging import children
from app.domain.purging.actions import PERMISSION
from app.records import scope
from app.records.rights import allowed
from tenants.session import session

# Of more it takes longer than one waits for a dialog to find all that belongs to them.
LOOKED_THROUGH = 1_000


@dataclass(frozen=True)
class Going:
    """How many records lie there (`exact` False: more), and how many of other objects go along with them.

    `along` None: there are too many to look through.
    """

    total: int
    exact: bool
    along: Mapping[str, int] | None


def going(actor: Actor, object_name: str, selection: Selection) -> Going:
    """What a purge of these records of the trash would remove now."""
    described = allowed(actor, object_name, "delete")
    require(actor, PERMISSION)
    selection.check()
    here = found(actor, described, selection, trashed=True)
    theirs = scope.rows(actor, described, verb="delete")
    here = here if theirs is None else [*here, theirs]
    some = select(described.table.c.id).where(*here).limit(COUNTED + 1)
    total = session.scalar(select(func.count()).select_from(some.subquery())) or 0
    if total > LOOKED_THROUGH:
        return Going(min(total, COUNTED), total <= COUNTED, None)
    gathered = children.gather(described, list(session.scalars(some)), {})
    along = {name: len(ids) for name, (_, ids) in gathered.items() if ids and name != described.name}
    more = len(gathered[described.name][1]) - total
    return Going(total, True, {**along, **({described.name: more} if more > 0 else {})})
