"""Facts for those who watch: signs of what happened and to what, never the content."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from sqlalchemy import any_, select

from app.core.actor import Actor
from app.records import registry, scope
from app.records.reader import Happened
from app.records.rights import readable
from app.records.tables import array_of, search
from app.records.types import ObjectType
from tenants.session import session

# More records of one object at once than this are one sign: "many changed".
MOST_OF_ONE = 25
LEAVING = "trashed"

# What happens to his records and a customer may know; what is not said here he never hears of.
_of_records = {"created", "updated", "restored", LEAVING, "changed_many", "broken", "delay_ended"}
_of_persons: set[str] = set()


@dataclass(frozen=True)
class Sign:
    """What happened to which record: a hint to fetch it again.

    `id` is None where `many` records of the object changed. `about` are all records concerned; `fields`
    stay with us.
    """

    fact: UUID
    verb: str
    object: str | None
    id: UUID | None
    version: int | None
    about: frozenset[UUID]
    many: int
    fields: frozenset[str]

    def plain(self) -> dict[str, Any]:
        """The sign as JSON: `{object, id, version, fact, verb, about}`, with `many` in place of `about`."""
        told: Mapping[str, Any] = {
            "object": self.object,
            "id": self.id,
            "version": self.version,
            "fact": self.fact,
            "verb": self.verb,
        }
        return {**told, **({"many": self.many} if self.many > 1 else {"about": sorted(self.about)})}


def tell_customers(*verbs: str, whom_it_names: bool = False) -> None:
    """Let customers hear of facts with these verbs about records of theirs.

    With `whom_it_names` only those whom the fact is about: a conversation about an order is not everybody's
    who sees the order.
    """
    (_of_persons if whom_it_names else _of_records).update(verbs)


def signs(facts: Iterable[Happened]) -> list[Sign]:
    """One sign for each fact; one for each record that was worked out anew."""
    return [sign for fact in facts for sign in (_worked_out(fact) if fact.worked_out else (_sign(fact),))]


def seen(actor: Actor, happened: Sequence[Sign]) -> list[Sign]:
    """What concerns what `actor` may read, one sign for each record, or for many of an object.

    For those with limits it asks the database what is theirs; customers learn of nothing but the record.
    """
    may = actor.permissions
    open_to = [each for each in happened if each.object is None or f"{each.object}:read" in may]
    if not scope.is_limited(actor):
        return _coalesced(open_to)
    if not scope.is_customer(actor):
        return _coalesced(_within(actor, open_to))
    theirs = set(_of_customer(actor, open_to))
    return _coalesced([replace(each, about=frozenset()) for each in open_to if each.fact in theirs])


def _sign(fact: Happened) -> Sign:
    version = fact.data.get("version")
    return Sign(
        fact=fact.id,
        verb=fact.verb,
        object=fact.object,
        id=fact.record_id,
        version=version if isinstance(version, int) else None,
        about=frozenset(fact.about),
        many=1 if fact.record_id else max(2, fact.rows_count),
        fields=frozenset(fact.fields),
    )


def _worked_out(fact: Happened) -> Iterator[Sign]:
    for record_id in fact.worked_out:
        yield replace(_sign(fact), id=record_id, about=frozenset({record_id}), many=1)


def _coalesced(happened: Iterable[Sign]) -> list[Sign]:
    """The latest sign of each record, concerned with all that its earlier ones were; many as one."""
    found: dict[tuple[str | None, UUID | None], Sign] = {}
    for each in happened:
        before = found.pop((each.object, each.id), None)
        found[each.object, each.id] = _joined(before, each) if before else each
    crowded = [name for name in {name for name, _ in found} if _count(found, name) > MOST_OF_ONE]
    for name in crowded:
        group = [key for key in found if key[0] == name]
        many = sum(found[key].many for key in group)
        latest = [found.pop(key) for key in group][-1]
        found[name, None] = replace(latest, verb="changed_many", id=None, version=None, many=many)
    return list(found.values())


def _count(found: Mapping[tuple[str | None, UUID | None], Sign], name: str | None) -> int:
    return sum(1 for object_name, _ in found if object_name == name)


def _joined(before: Sign, after: Sign) -> Sign:
    return replace(
        after,
        version=after.version or before.version,
        about=before.about | after.about,
        many=before.many + after.many if after.id is None else 1,
    )


def _within(actor: Actor, happened: Sequence[Sign]) -> Iterator[Sign]:
    """The signs of records that a member with limits sees, of many at once those among them."""
    wanted: dict[str, set[UUID]] = {}
    for each in happened:
        if each.object and registry.find(each.object):
            wanted.setdefault(each.object, set()).update([each.id] if each.id else each.about)
    seen = {name: scope.visible(actor, name, ids) for name, ids in wanted.items()}
    concerned = _concerned(actor, happened)
    for each in happened:
        if each.object not in seen:
            yield replace(each, about=each.about & concerned)
        elif each.id is not None:
            if each.id in seen[each.object]:
                yield replace(each, about=each.about & (concerned | {each.id}))
        elif about := each.about & seen[each.object]:
            yield replace(each, about=about, many=len(about))


def _concerned(actor: Actor, happened: Sequence[Sign]) -> set[UUID]:
    """Of all records that the signs are about those that the actor sees; of what is in the trash none."""
    ids = list({record_id for each in happened for record_id in each.about})
    known = scope.among(actor, readable(actor), search.c.object, search.c.record_id)
    found = select(search.c.record_id).where(search.c.record_id == any_(array_of(ids)))
    return set(session.scalars(found if known is None else found.where(known))) if ids else set()


def _of_customer(actor: Actor, happened: Sequence[Sign]) -> Iterator[UUID]:
    by_object: dict[str, list[Sign]] = {}
    for each in happened:
        if each.object and (each.verb in _of_records or (each.verb in _of_persons and _names(actor, each))):
            by_object.setdefault(each.object, []).append(each)
    for name, group in by_object.items():
        described = registry.find(name)
        if described is not None and described.customers is not None:
            yield from _theirs(actor, described, group)


def _theirs(actor: Actor, described: ObjectType, group: Sequence[Sign]) -> Iterator[UUID]:
    shared = scope.seen(actor, described).by_name
    telling = [each for each in group if not each.fields or any(name in shared for name in each.fields)]
    mine = scope.visible(actor, described.name, {each.id for each in telling if each.id})
    for each in telling:
        if each.id in mine or (_leaves(each) and _was_his(actor, described, each)):
            yield each.fact


def _leaves(sign: Sign) -> bool:
    """Whether asking what a customer sees cannot find the record: it may just have left, or it is many."""
    return sign.id is None or sign.verb == LEAVING or bool(sign.fields & {"contact_id", "company_id"})


def _was_his(actor: Actor, described: ObjectType, sign: Sign) -> bool:
    """Whether the records that the sign is about are the customer's, or were until now."""
    if described.name == "contacts":
        return actor.id == sign.id or (sign.id is None and actor.id in sign.about)
    if described.name == "companies":
        return actor.company_id is not None and actor.company_id in sign.about
    return "contact_id" in described.by_name and _names(actor, sign)


def _names(actor: Actor, sign: Sign) -> bool:
    return actor.id in sign.about or (actor.sees_company and actor.company_id in sign.about)
