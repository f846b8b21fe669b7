"""What the things are called that ids point to."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select

from app.core.actor import Actor
from app.records import limits, registry, scope
from app.records.titles import title_of
from tenants.session import session


def titles_of(actor: Actor, target: str | None, ids: Collection[UUID]) -> dict[UUID, str]:
    """The titles of these rows of `target`, of those only that `actor` may read."""
    if not ids or target is None:
        return {}
    known = registry.model().targets.get(target)
    if known is None or (known.permission is not None and known.permission not in actor.permissions):
        return {}
    described = registry.find(target)
    title = known.title
    if described is not None and limits.renamed(actor, target):
        title = title_of(scope.seen(actor, described), known.table)
    statement = select(known.table.c.id, title).where(known.table.c.id.in_(ids))
    if described is not None and (theirs := scope.rows(actor, described)) is not None:
        statement = statement.where(theirs)
    return {row[0]: row[1] for row in session.execute(statement)}
