"""Which views there are for whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from app.core.actor import Actor
from app.core.errors import NotFound
from app.domain.members.models import Member, Team
from app.domain.views.models import View
from app.records import reaching, registry, scope, tables
from app.records.types import ObjectType
from tenants.session import session

MANAGES = "workspace:manage"
# Who has views of one's own: not whoever only visits.
KEEPERS = frozenset({"member", "client"})


@dataclass(frozen=True)
class Listed:
    """A view, and what its maker is called where that is a member."""

    view: View
    maker: str


@dataclass(frozen=True)
class Users:
    """Views that name a field: those that one sees, and how many others there are."""

    seen: Sequence[View]
    others: int


def of_object(actor: Actor, object_name: str) -> list[Listed]:
    """The views of the object that `actor` sees, by name; raises NotFound."""
    readable(actor, object_name)
    statement = (
        select(View, Member.name)
        .outerjoin(Member, Member.id == View.created_by)
        .where(View.object == object_name, seen_by(actor))
        .order_by(func.lower(View.name), View.id)
    )
    return [Listed(view, maker or "") for view, maker in session.execute(statement)]


def page(actor: Actor, object_name: str | None, after: UUID | None, limit: int) -> tuple[list[View], bool]:
    """The views of one object, or of all, in the order of their making, and whether there are more."""
    names = [readable(actor, object_name).name] if object_name else _readable(actor)
    statement = select(View).where(View.object.in_(names), seen_by(actor)).order_by(View.id).limit(limit + 1)
    found = list(session.scalars(statement.where(View.id > after) if after else statement))
    return found[:limit], len(found) > limit


def get(actor: Actor, view_id: UUID, object_name: str | None = None, *, hold: bool = False) -> View:
    """The view, of that object where it is named; raises NotFound where it is not for `actor`."""
    statement = select(View).where(View.id == view_id, seen_by(actor))
    if object_name is not None:
        statement = statement.where(View.object == object_name)
    view = session.scalar(statement.with_for_update(of=View) if hold else statement)
    if view is None:
        raise NotFound("views")
    readable(actor, view.object)
    return view


def exists(actor: Actor, view_id: UUID) -> bool:
    """Whether there is that view for `actor`."""
    return session.scalar(select(View.id).where(View.id == view_id, seen_by(actor))) is not None


def readable(actor: Actor, object_name: str) -> ObjectType:
    """The object as `actor` sees it; raises NotFound where it is out of sight."""
    described = registry.find(object_name)
    if described is None or described.permission("read") not in actor.permissions:
        raise NotFound(object_name)
    if reaching.level(actor, object_name) == "none":
        raise NotFound(object_name)
    return scope.seen(actor, described)


def seen_by(actor: Actor) -> ColumnElement[bool]:
    """The views that `actor` sees: one's own, and what is shared with everyone or with one's teams.

    Who manages the workspace sees all that is shared.
    """
    if MANAGES in actor.permissions:
        return or_(View.created_by == actor.id, View.shared != "nobody")
    ways = [View.shared == "everyone"]
    if actor.id is not None:
        ways.append(View.created_by == actor.id)
    if actor.member_id is not None:
        ways.append(and_(View.shared == "team", View.team_id.in_(_team_ids(actor.member_id))))
    return or_(*ways)


def teams_of(actor: Actor) -> Sequence[Team]:
    """The teams with which `actor` may share, by name: those one is in and those above, for managers all."""
    statement = select(Team).order_by(func.lower(Team.name))
    if MANAGES not in actor.permissions:
        if actor.member_id is None:
            return []
        statement = statement.where(Team.id.in_(_team_ids(actor.member_id)))
    return session.scalars(statement).all()


def is_maker(actor: Actor, view: View) -> bool:
    """Whether `actor` made the view."""
    return actor.id is not None and view.created_by == actor.id


def keeps(actor: Actor, object_name: str, shared: str) -> bool:
    """Whether `actor` may keep views of the object that are shared like that.

    Who only reads keeps views for oneself; a program needs the right to write even for its own.
    """
    described = registry.find(object_name)
    if described is None or actor.kind not in KEEPERS:
        return False
    needed = "read" if actor.door == "web" and shared == "nobody" else "write"
    return described.permission(needed) in actor.permissions


def may_change(actor: Actor, view: View) -> bool:
    """Whether `actor`, who sees the view, may change what it shows and its name."""
    return keeps(actor, view.object, view.shared) and (not view.is_locked or _leads(actor, view))


def may_lead(actor: Actor, view: View) -> bool:
    """Whether `actor`, who sees the view, may share, lock and delete it: its maker, and who manages."""
    return keeps(actor, view.object, view.shared) and _leads(actor, view)


def using(actor: Actor, object_name: str, field_name: str) -> Users:
    """The views that name the field, in their filters, as what they are sorted by or as a column."""
    is_in = or_(View.sort.in_([field_name, f"-{field_name}"]), View.columns.contains([field_name]))
    named = or_(View.uses.has_key(f"{object_name}.{field_name}"), and_(View.object == object_name, is_in))
    by_name = (func.lower(View.name), View.id)
    found = session.execute(select(View, seen_by(actor)).where(named).order_by(*by_name)).all()
    seen = [view for view, is_seen in found if is_seen and view.object in _readable(actor)]
    return Users(seen, len(found) - len(seen))


def last_change(view_id: UUID) -> UUID | None:
    """The fact of the view's newest change, to take it back."""
    log = tables.facts.c
    found = select(log.id).where(log.about.contains([view_id]), log.object == "views")
    return session.scalar(found.order_by(log.id.desc()).limit(1))


def _leads(actor: Actor, view: View) -> bool:
    return is_maker(actor, view) or (view.shared != "nobody" and MANAGES in actor.permissions)


def _readable(actor: Actor) -> list[str]:
    return [
        each.name
        for each in registry.every()
        if each.permission("read") in actor.permissions and reaching.level(actor, each.name) != "none"
    ]


def _team_ids(member_id: UUID) -> Select[tuple[UUID]]:
    """The teams of the member, and those that these are parts of."""
    own = select(func.unnest(Member.team_ids)).where(Member.id == member_id)
    mine = select(Team.id, Team.parent_id).where(Team.id.in_(own)).cte("mine", recursive=True)
    mine = mine.union(select(Team.id, Team.parent_id).join(mine, Team.id == mine.c.parent_id))
    return select(mine.c.id)
