"""What a bulk change would do, before anybody decides."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, any_, func, not_, select, true

from app.core.actor import Actor
from app.core.grants import Verb
from app.domain.bulk import actions, rules
from app.domain.bulk.rules import Selection, Wanted
from app.records import scope
from app.records.reading import Query, conditions_of
from app.records.rights import allowed
from app.records.tables import array_of
from app.records.types import Field, ObjectType
from tenants.session import session

# Beyond so many it takes longer than one waits for a dialog.
COUNTED = 200_000


@dataclass(frozen=True)
class Preview:
    """How many records there are, how many would change, have the value already, or are not one's to change.

    `exact` False: there are more, of which nobody knows.
    """

    total: int
    changing: int
    same: int
    refused: int
    exact: bool


def preview(actor: Actor, object_name: str, wanted: Wanted) -> Preview:
    """What `wanted` would do now, in one statement; raises Invalid for values that no record can take."""
    described = allowed(actor, object_name, rules.RIGHTS[wanted.verb])
    wanted.selection.check()
    values = actions.read(actor, described, wanted)
    table = described.table
    has_it = [table.c[name].is_not_distinct_from(value) for name, value in values.items()]
    is_same = and_(*has_it) if has_it else not_(true())
    verb: Verb = "delete" if rules.RIGHTS[wanted.verb] == "delete" else "update"
    theirs = scope.rows(actor, described, verb=verb)
    is_allowed = true() if theirs is None else theirs
    some = (
        select(is_allowed.label("may"), is_same.label("same"))
        .where(*found(actor, described, wanted.selection, trashed=wanted.verb == "restore"))
        .limit(COUNTED + 1)
        .subquery()
    )
    may, same = some.c.may, some.c.same
    row = session.execute(
        select(
            func.count(),
            func.count().filter(and_(may, not_(same))),
            func.count().filter(and_(may, same)),
            func.count().filter(not_(func.coalesce(may, not_(true())))),
        ).select_from(some)
    ).one()
    total, changing, same_count, refused = (int(figure) for figure in row)
    return Preview(min(total, COUNTED), changing, same_count, refused, total <= COUNTED)


def count(actor: Actor, object_name: str, selection: Selection) -> tuple[int, bool]:
    """How many records the selection has that `actor` sees, and whether that is all of them."""
    described = allowed(actor, object_name, "read")
    selection.check()
    some = select(described.table.c.id).where(*found(actor, described, selection)).limit(COUNTED + 1)
    total = session.scalar(select(func.count()).select_from(some.subquery())) or 0
    return min(total, COUNTED), total <= COUNTED


def settable(actor: Actor, object_name: str) -> list[Field]:
    """The fields that `actor` may give one value for many records."""
    described = scope.seen(actor, allowed(actor, object_name, "write"))
    locked = frozenset() if actor.grants is None else actor.grants.locks(object_name)
    return [each for each in described.fields if rules.suits_many(each) and each.name not in locked]


def found(
    actor: Actor, described: ObjectType, selection: Selection, *, trashed: bool = False
) -> list[ColumnElement[bool]]:
    """The conditions that a record is one of the selection and `actor` sees it."""
    query = Query(where=selection.where, search=selection.search, trashed=trashed)
    conditions = conditions_of(actor, described, query)
    if selection.ids is not None:
        conditions.append(described.table.c.id == any_(array_of(list(selection.ids))))
    return conditions
