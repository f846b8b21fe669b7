"""Facts for those who watch: signs of what happened and to what, never the content."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from app.core.actor import Actor
from app.core.errors import NotFound
from app.records import registry, scope
from app.records.reader import Happened
from app.records.types import ObjectType

# More records of one object at once than this are one sign: "many changed".
MOST_OF_ONE = 25
# What takes a record out of a customer's sight, so that asking what he sees no longer finds it.
_LEAVING = frozenset({"trashed"})


@dataclass(frozen=True)
class Sign:
    """What happened to which record: a hint to fetch it again.

    `id` is None where `many` records of the object changed. `about` are all records concerned; `fields` and
    `notes` (the fact's data) stay with us.
    """

    fact: UUID
    verb: str
    object: str | None
    id: UUID | None
    version: int | None
    about: frozenset[UUID]
    many: int
    fields: frozenset[str]
    notes: Mapping[str, Any]

    def plain(self) -> dict[str, Any]:
        """The sign as JSON: `{object, id, version, fact, verb, about}`, or with `many` in place of one."""
        told: dict[str, Any] = {"object": self.object, "id": self.id, "version": self.version}
        told |= {"fact": self.fact, "verb": self.verb}
        if self.many > 1:
            return told | {"many": self.many}
        return told | {"about": sorted(self.about)}


# Features whose facts are not about records say here which of their signs a customer sees.
Shows = Callable[[Actor, Sequence[Sign]], Collection[UUID]]
_shows: dict[str, Shows] = {}


def shows(object_name: str, rule: Shows) -> None:
    """Let `rule` say which signs of `object_name` a customer sees, by the ids of their facts."""
    _shows[object_name] = rule


def signs(facts: Sequence[Happened]) -> list[Sign]:
    """One sign for each record that the facts speak of, in order; one for many of an object."""
    found: dict[tuple[str | None, UUID | None], Sign] = {}
    for fact in facts:
        one = _sign(fact)
        before = found.pop((one.object, one.id), None)
        found[one.object, one.id] = one if before is None else _joined(before, one)
    return _coalesced(list(found.values()))


def seen(actor: Actor, happened: Sequence[Sign]) -> list[Sign]:
    """Those of the signs that concern what `actor` may read; a customer's name nothing but the record.

    For customers it asks the database what is theirs.
    """
    readable = {p.removesuffix(":read") for p in actor.permissions if p.endswith(":read")}
    open_to = [each for each in happened if each.object is None or each.object in readable]
    if not scope.is_limited(actor):
        return open_to
    theirs = set(_of_customer(actor, [each for each in open_to if each.object]))
    return [replace(each, about=frozenset()) for each in open_to if each.fact in theirs]


def _sign(fact: Happened) -> Sign:
    version = fact.data.get("version")
    one = fact.record_id is not None
    return Sign(
        fact=fact.id,
        verb=fact.verb,
        object=fact.object,
        id=fact.record_id,
        version=version if isinstance(version, int) else None,
        about=frozenset(fact.about),
        many=1 if one else max(2, fact.rows_count),
        fields=frozenset(fact.fields),
        notes=fact.data,
    )


def _joined(before: Sign, after: Sign) -> Sign:
    many = before.many + after.many if after.id is None else 1
    return replace(
        after,
        version=after.version or before.version,
        about=before.about | after.about,
        fields=before.fields | after.fields if before.fields and after.fields else frozenset(),
        many=many,
    )


def _coalesced(found: list[Sign]) -> list[Sign]:
    counts: dict[str | None, int] = {}
    for each in found:
        counts[each.object] = counts.get(each.object, 0) + 1
    crowded = {name for name, count in counts.items() if count > MOST_OF_ONE}
    kept: dict[str | UUID | None, Sign] = {}
    for each in found:
        if each.object not in crowded:
            kept[each.fact] = each
            continue
        whole = replace(each, id=None, version=None)
        known = kept.get(each.object)
        kept[each.object] = whole if known is None else replace(_joined(known, whole), verb="changed_many")
    return list(kept.values())


def _of_customer(actor: Actor, happened: Sequence[Sign]) -> Iterator[UUID]:
    by_object: dict[str, list[Sign]] = {}
    for each in happened:
        by_object.setdefault(str(each.object), []).append(each)
    for name, group in by_object.items():
        if name in _shows:
            yield from _shows[name](actor, group)
        elif (described := _described(name)) is not None:
            yield from _of_records(actor, described, group)


def _described(name: str) -> ObjectType | None:
    try:
        described = registry.get(name)
    except NotFound:
        return None
    return described if described.customers is not None else None


def _of_records(actor: Actor, described: ObjectType, group: Sequence[Sign]) -> Iterator[UUID]:
    shared = scope.seen(actor, described).by_name
    telling = [each for each in group if not each.fields or any(name in shared for name in each.fields)]
    mine = scope.visible(actor, described.name, {each.id for each in telling if each.id})
    for each in telling:
        leaves = each.id is None or each.verb in _LEAVING or "contact_id" in each.fields
        if each.id in mine or (leaves and _names(actor, described, each)):
            yield each.fact


def _names(actor: Actor, described: ObjectType, sign: Sign) -> bool:
    """Whether the sign names the customer, where naming means that the record is or was his."""
    if actor.id in sign.about:
        return "contact_id" in described.by_name or described.name == "contacts"
    return bool(
        actor.sees_company
        and actor.company_id in sign.about
        and ("contact_id" in described.by_name or described.name == "companies")
    )
