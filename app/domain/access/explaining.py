"""Who may do what to a record, and why: asked of the very functions that every reading and writing asks."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from app.core.actor import Actor
from app.core.grants import ANY, DENY, VERBS, Level, Verb
from app.core.permissions import require
from app.core.text import N_
from app.domain.members import queries as members
from app.domain.members import rights, roles
from app.domain.members.models import Member, RoleRow
from app.domain.members.sessions import actor_of
from app.records import labels, limits, reaching, reading, registry, scope
from app.records.record import Record
from app.records.types import ObjectType

PERMISSION = "members:manage"
MOST = 200

_LEVELS: Mapping[Level, str] = {
    "none": N_("%(role)s: none of the %(objects)s"),
    "own": N_("%(role)s: own %(objects)s"),
    "team": N_("%(role)s: %(objects)s of the team"),
    "all": N_("%(role)s: all %(objects)s"),
}
_DENIED = N_("%(role)s: denied, whatever other roles give")
_ALL = N_("Every record of this kind is within reach.")
_NONE = N_("No role lets %(name)s see any of these.")
_OWNER = N_("It belongs to %(name)s.")
_MATE = N_("It belongs to %(owner)s, who is in a team of %(name)s or in one below.")
_MAKER = N_("%(name)s made it.")
_MATE_MADE = N_("Somebody in a team of %(name)s made it.")
_PARENT = N_("It belongs to %(title)s, which is within reach of %(name)s.")
_NOBODYS = N_("It has no owner and belongs to nothing that is within reach of %(name)s.")
_ANOTHERS = N_("It belongs to %(owner)s, who is in no team of %(name)s.")
_HIDDEN = N_("Hidden: %(fields)s.")
_LOCKED = N_("Only to be read: %(fields)s.")


@dataclass(frozen=True)
class Said:
    """A sentence: an English msgid and what fills it; of `words` the values are msgids too."""

    message: str
    data: Mapping[str, Any] = field(default_factory=dict)
    words: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Sight:
    """What one member may do to the record."""

    member: Member
    may: frozenset[Verb]


@dataclass(frozen=True)
class Explanation:
    """What a member may do to the record, and why: what the roles give, and whose the record is."""

    member: Member
    may: frozenset[Verb]
    roles: Sequence[Said]
    reasons: Sequence[Said]


def who(actor: Actor, object_name: str, record_id: UUID) -> list[Sight]:
    """What each member may do to the record, in the order of their names; for those who manage members."""
    require(actor, PERMISSION)
    record = reading.fetch(actor, object_name, record_id, trashed=True)
    return [Sight(each, _may(actor_of(each, door="web"), record)) for each in members.active()[:MOST]]


def explain(actor: Actor, object_name: str, record_id: UUID, member_id: UUID) -> Explanation:
    """Why a member may see the record, or not."""
    require(actor, PERMISSION)
    record = reading.fetch(actor, object_name, record_id, trashed=True)
    member = members.get(member_id)
    subject, described = actor_of(member, door="web"), registry.get(object_name)
    told = list(_roles(member, described))
    return Explanation(member, _may(subject, record), told, list(_reasons(subject, described, record)))


def _may(subject: Actor, record: Record) -> frozenset[Verb]:
    described = registry.get(record.object)
    return frozenset(
        verb
        for verb in VERBS
        if verb != "create"
        and scope.may(subject, described, verb)
        and record.id in scope.visible(subject, record.object, [record.id], verb)
    )


def _roles(member: Member, described: ObjectType) -> Iterator[Said]:
    """What each role says of seeing such records."""
    words = {"objects": (described.plural,)}
    standard = rights.STANDARD[member.role]["read"]
    if member.role != "custom":
        yield Said(_LEVELS[standard], {}, {**words, "role": (member.role,)})
    for role in roles.among(member.role_ids):
        given = _given(role, described.name)
        message = _DENIED if given == DENY else _LEVELS[given]  # type: ignore[index]
        yield Said(message, {"role": role.name}, words)


def _given(role: RoleRow, name: str) -> str:
    return str({**role.objects.get(ANY, {}), **role.objects.get(name, {})}.get("read", "none"))


def _reasons(subject: Actor, described: ObjectType, record: Record) -> Iterator[Said]:
    """Whose the record is, as far as that matters."""
    name = {"name": subject.name}
    reach = reaching.level(subject, described.name)
    if not scope.may(subject, described, "read"):
        yield Said(_NONE, name)
        return
    if reach == "all":
        yield Said(_ALL)
    else:
        yield from _whose(subject, described, record, reach)
    if subject.grants is not None:
        yield from _fields(subject, described)


def _whose(subject: Actor, described: ObjectType, record: Record, reach: Level) -> Iterator[Said]:
    people, owned = reaching.people(subject, reach), reaching.is_owned(described)
    holder = record.get("owner_id") if owned else record.get("created_by")
    if holder in people:
        yield _holder(subject, record, holder, owned=owned)
    found = list(_parents(subject, described, record, reach)) if holder is None or described.is_part else []
    yield from found
    if holder not in people and not found:
        data = {"name": subject.name, "owner": _called(record)}
        yield Said(_ANOTHERS, data) if holder and owned else Said(_NOBODYS, data)


def _holder(subject: Actor, record: Record, holder: UUID, *, owned: bool) -> Said:
    data = {"name": subject.name, "owner": _called(record)}
    if holder == subject.id:
        return Said(_OWNER if owned else _MAKER, data)
    return Said(_MATE if owned else _MATE_MADE, data)


def _called(record: Record) -> str:
    return record.labels.get("owner_id") or "–"


def _parents(subject: Actor, described: ObjectType, record: Record, reach: Level) -> Iterator[Said]:
    for name, parent, theirs in reaching.parents(subject, described, reach):
        parent_id = record.get(name)
        if parent_id is not None and reaching.within(subject, parent, theirs, parent_id):
            titles = labels.titles_of(subject, parent.name, [parent_id])
            yield Said(_PARENT, {"name": subject.name, "title": titles.get(parent_id) or "–"})


def _fields(subject: Actor, described: ObjectType) -> Iterator[Said]:
    assert subject.grants is not None, "asked for members with limits only"
    hidden, locked = limits.hides(subject.grants, described), subject.grants.locks(described.name)
    for message, names in ((_HIDDEN, hidden), (_LOCKED, locked - hidden)):
        labelled = [each.label for each in described.fields if each.name in names]
        if labelled:
            yield Said(message, {}, {"fields": labelled})
