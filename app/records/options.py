"""Choices while one types into a relation field."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select

from app.core.actor import Actor
from app.core.errors import NotFound
from app.records import finding, registry, scope, searching
from app.records.types import Target
from tenants.session import session


@dataclass(frozen=True)
class Option:
    """Something that a relation may point to; `hint` tells two of one name apart."""

    id: UUID
    label: str
    hint: str = ""


def options(actor: Actor, target_name: str, text: str = "", limit: int = 10) -> list[Option]:
    """What relations to `target_name` may choose from where `text` is typed; best matches first."""
    target = registry.target(target_name)
    if target.permission is None and scope.is_customer(actor):
        raise NotFound(target_name)  # members are for each other
    if target.permission is not None and target.permission not in actor.permissions:
        raise NotFound(target_name)
    if target.order:
        return _listed(target, text, limit)
    hits = finding.find_in(actor, target_name, text, limit)
    return [Option(hit.record_id, hit.title, hit.subtitle) for hit in hits]


def _listed(target: Target, text: str, limit: int) -> list[Option]:
    """Few things in an order of their own, as members and stages."""
    statement = select(target.table.c.id, target.title).where(target.live).order_by(*target.order)
    for word in searching.words(text):
        statement = statement.where(func.ext.fold(target.title).like(searching.pattern(word)))
    return [Option(row[0], row[1]) for row in session.execute(statement.limit(limit))]
