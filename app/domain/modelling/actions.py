"""Adding and changing objects and fields: recorded acts, and every page has them with its next request."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any
from uuid import UUID

from sqlalchemy import Table, func, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert

from app.core.actor import Actor
from app.core.clock import now
from app.core.errors import Invalid, NotFound, Problem
from app.core.ids import new_id
from app.core.permissions import require
from app.core.queue import enqueue
from app.core.text import N_
from app.domain.modelling import choices, computed, indexes, numbering, parents, rules
from app.domain.modelling.renewing import renew as _renew
from app.domain.modelling.rules import FieldWish, wish_of
from app.records import addresses, facts, identifiers, keyset, registry, uniqueness
from app.records.computed.described import kind_of
from app.records.tables import field_rows, object_types, records
from app.records.types import IDENTIFIED, ObjectType
from tenants import indexing, resting
from tenants.context import current
from tenants.indexing import Spread
from tenants.session import session

PERMISSION = "workspace:manage"
INDEX_JOB = "modelling.index"
FIND_JOB = "modelling.find"
TOO_MANY_OBJECTS = N_("A company adds at most %(most)s objects. Hide nothing for it: tell us what you need.")
TOO_MANY_FIELDS = N_("An object has at most %(most)s fields of your own. Hide those you no longer need.")
TOO_MANY_INDEXED = N_(
    "At most %(most)s fields of an object can be sorted by or be unique. Take another out first."
)
TOO_MANY_LISTS = N_("An object has at most %(most)s lists of that sort. Tell entries apart by their purpose.")
TOO_LONG = N_("%(count)s entries are too many to make them unique. Add another field that is unique at once.")
NOT_UNIQUE = N_("Several records have %(value)s. Give each a value of its own first.")
# Whom facts about the model are about, so that they are found among all others.
MODEL = UUID(int=7301)
# Two who change the model at once: the second builds on what the first made of it.
_ALONE = text("SELECT ext.hold(7301)")
# An answer that was read last keeps what it saw alive until the next statement, and an index that is built
# beside other work waits for all who see the table as it was. This statement sees nothing.
_LET_GO = text("SET LOCAL lock_timeout = '5000ms'")


def add_object(
    actor: Actor,
    singular: Mapping[str, str],
    plural: Mapping[str, str],
    *,
    name: str | None = None,
    icon: str | None = None,
    undoes: UUID | None = None,
) -> ObjectType:
    """A new object with a name field and an owner, at once in tables, search, import, export, API and rights.

    Words are by language; `undoes` is the fact that this takes back. Raises Invalid.
    """
    alone(actor)
    rows = _rows(object_types, object_types.c.is_custom)
    taken = {row["name"] for row in rows}
    called = rules.object_name(name, next(iter(plural.values()), ""), taken)
    found = [
        *rules.problems_of_name(called, taken),
        *rules.problems_of_words("singular", singular, longest=rules.LONGEST_LABEL, needed=True),
        *rules.problems_of_words("plural", plural, longest=rules.LONGEST_LABEL, needed=True),
        *rules.problems_of_icon(icon),
        *_full(len(rows), rules.MOST_OBJECTS, "name", TOO_MANY_OBJECTS),
    ]
    if found:
        raise Invalid(found)
    row = {
        "name": called,
        "labels": {"singular": dict(singular), "plural": dict(plural)},
        "icon": icon,
        "is_custom": True,
        "position": len(rows),
    }
    session.execute(insert(object_types).values(id=new_id(), **row))
    changed(actor, "object_added", (called, None), {}, row, undoes=undoes)
    return registry.get(called)


def change_object(
    actor: Actor,
    name: str,
    *,
    singular: Mapping[str, str] | None = None,
    plural: Mapping[str, str] | None = None,
    icon: str | None = None,
    is_hidden: bool | None = None,
    undoes: UUID | None = None,
) -> None:
    """Other words or another icon for an object, standard or not; a hidden one keeps all its records."""
    alone(actor)
    before = _object(name)
    given = {"singular": singular, "plural": plural}
    words = {form: dict(told) for form, told in given.items() if told is not None}
    found = [
        problem
        for form, told in words.items()
        for problem in rules.problems_of_words(
            form, told, longest=rules.LONGEST_LABEL, needed=before["is_custom"]
        )
    ]
    found += rules.problems_of_icon(icon)
    if found:
        raise Invalid(found)
    after = {
        "labels": {**before["labels"], **words},
        "icon": before["icon"] if icon is None else icon or None,
    }
    if is_hidden and (used := computed.in_use(name, None)):
        raise Invalid(used)
    if is_hidden is not None:
        after["hidden_at"] = now() if is_hidden else None
    _store(object_types, ("name",), {**before, **after})
    changed(actor, "object_changed", (name, None), before, after, undoes=undoes)


def add_field(actor: Actor, object_name: str, wish: FieldWish, *, undoes: UUID | None = None) -> str:
    """A new field on an object, standard or not; its name. Raises Invalid, NotFound.

    A field to sort by or to be unique is so when its index is built, which a job does.
    """
    alone(actor)
    wish = replace(rules.settled(wish), is_numbered=None)
    described = registry.get(object_name)
    rows = _rows(field_rows, (field_rows.c.object == object_name) & field_rows.c.is_custom)
    taken = {*described.by_name, *(row["name"] for row in rows)}
    taken |= {part for row in rows if row["kind"] == "address" for part in addresses.names(row["name"])}
    called = rules.field_name(described, wish.name, next(iter(wish.labels.values()), ""), taken)
    parts = addresses.names(called) if wish.kind == "address" else ()
    wish, wrong = computed.settled(described, called, wish)
    found = [
        *(problem for name in (called, *parts) for problem in rules.problems_of_name(name, taken)),
        *wrong,
        *rules.problems_of(wish, registry.model().objects.keys()),
        *_full(len(rows), rules.MOST_FIELDS, "name", TOO_MANY_FIELDS),
        *_full_of_lists(rows, wish),
        *parents.problems(described, called, wish),
        *_full_of_indexes(rows, wish),
    ]
    if found:
        raise Invalid(found)
    row = {
        "object": object_name,
        "name": called,
        **_columns(wish),
        "is_custom": True,
        "position": max((each["position"] for each in rows), default=-1) + 1,
        "index_state": "building" if _is_indexed(wish) else "none",
    }
    session.execute(insert(field_rows).values(id=new_id(), **row))
    changed(actor, "field_added", (object_name, called), {}, row, undoes=undoes)
    if row["index_state"] == "building" or kind_of(row) in _FILTERED:
        _index(object_name, called)
    if computed.is_computed(wish):
        work_out(object_name)
    return called


def change_field(
    actor: Actor, object_name: str, name: str, values: Mapping[str, Any], *, undoes: UUID | None = None
) -> None:
    """Change what a field is called and what holds for it; its kind and its name stay.

    `values` are those of FieldWish, and `is_hidden`. Of a standard field its words, its place in the table,
    whether lists can be sorted by it and whether it is hidden can change. A hidden field keeps its values.
    Raises Invalid, NotFound.
    """
    alone(actor)
    before, was_found = _field(object_name, name), _found_by(object_name)
    wish = replace(wish_of(before), **{key: value for key, value in values.items() if key in _CHANGEABLE})
    if wish.choices:
        stay = choices.kept(object_name, name, before["options"].get("choices", ()), wish.choices)
        wish = replace(wish, choices=stay)
    wish = rules.settled(wish)
    unknown = [key for key in values if key not in (*_CHANGEABLE, "is_hidden", *_WORKED_OUT)]
    found = [Problem(key[:100], "unknown_field", N_("This cannot be changed.")) for key in unknown]
    if values.get("is_hidden"):
        found += computed.in_use(object_name, name)
    elif before["is_custom"] and not before["hidden_at"]:
        wish, wrong = computed.settled(registry.get(object_name), name, wish, wish_of(before))
        found += wrong
    rows = _rows(field_rows, (field_rows.c.object == object_name) & (field_rows.c.name != name))
    if before["is_custom"]:
        found += [*rules.problems_of(wish, registry.model().objects.keys()), *_full_of_indexes(rows, wish)]
        found += _of_parent(object_name, name, wish) if not values.get("is_hidden") else []
    else:
        found += _sorting_problems(object_name, name, rows, wish)
        found += rules.problems_of_words("labels", wish.labels, longest=rules.LONGEST_LABEL, needed=False)
        if values.get("is_hidden") and is_needed(object_name, name):
            found.append(Problem("is_hidden", "needed", N_("Records cannot do without this field.")))
    if found:
        raise Invalid(found)
    after = _columns(wish)
    if "is_hidden" in values:
        after["hidden_at"] = now() if values["is_hidden"] else None
    if wish.is_unique and not before["is_unique"]:
        _check_unique(registry.get(object_name), name)
    wanted = _indexes(wish, is_custom=before["is_custom"])
    reindexes = wanted != _indexes(wish_of(before), is_custom=before["is_custom"])
    if reindexes:
        after["index_state"] = "building" if wanted else "none"
    _store(field_rows, ("object", "name"), {**before, **after})
    changed(actor, "field_changed", (object_name, name), before, after, undoes=undoes)
    _find(actor, object_name, was_found)
    _mark(object_name, name, wish, wish_of(before))
    if reindexes:
        _index(object_name, name)
    elif before["kind"] == "autonumber" and before["hidden_at"]:
        numbering.ask(object_name, name)
    _follow((object_name, name), wish, wish_of(before), is_shown=values.get("is_hidden") is False)


def work_out(object_name: str) -> None:
    """Let what is worked out of the object's records be worked out anew; asked twice, it is done once."""
    payload = {"object": object_name}
    enqueue(computed.WORK_OUT_JOB, payload, queue="bulk", key=f"work out {object_name}")


def _found_by(object_name: str) -> Sequence[str]:
    """The fields of the object's search entries."""
    described = registry.find(object_name)
    return (*described.found_by, *described.subtitle) if described else ()


def _find(actor: Actor, object_name: str, before: Sequence[str]) -> None:
    """Where records are found by other fields than before, let the search know those that are there."""
    if _found_by(object_name) == before:
        return
    payload = {"object": object_name, "member": str(actor.member_id) if actor.member_id else None}
    enqueue(FIND_JOB, payload, queue="bulk", key=f"find {object_name}")


def _follow(place: tuple[str, str], wish: FieldWish, before: FieldWish, *, is_shown: bool) -> None:
    """Records have other values by now than a formula or a roll-up says."""
    is_other = is_shown or any(getattr(wish, key) != getattr(before, key) for key in _MAKING)
    if computed.is_computed(wish) and is_other:
        work_out(place[0])
    if _ranked(wish) != _ranked(before):
        for each in computed.compared_in(*place):
            work_out(each)


def _ranked(wish: FieldWish) -> list[tuple[str, bool]]:
    """The choices in their order, and whether each is offered."""
    return [(each["value"], bool(each.get("is_retired"))) for each in wish.choices]


def retire_choice(actor: Actor, object_name: str, name: str, value: str) -> None:
    """Offer a choice no more; records that have it keep it. Raises Invalid, NotFound."""
    require(actor, PERMISSION)
    told = _field(object_name, name)["options"].get("choices", ())
    retired = [{**each, "is_retired": True} if each["value"] == value else each for each in told]
    if retired != list(told):
        change_field(actor, object_name, name, {"choices": tuple(retired)})


def drop_indexes(row: Mapping[str, Any]) -> None:
    """Have a job remove the indexes of a field as it was, which is there no more or lies elsewhere."""
    if _indexes(wish_of(row)) or kind_of(row) in _FILTERED:
        gone = {"kind": kind_of(row), "key": row["options"].get("key", row["name"])}
        _index(row["object"], row["name"], gone)


def retype(actor: Actor, object_name: str, name: str, wish: FieldWish, *, undoes: UUID | None = None) -> None:
    """Let the field be of another kind, its values lying under another key: see `app.domain.retyping`.

    Raises Invalid, NotFound.
    """
    alone(actor)
    before = _field(object_name, name)
    found = list(rules.problems_of(wish, registry.model().objects.keys()))
    if found:
        raise Invalid(found)
    after = {**_columns(wish), "index_state": "building" if _indexes(wish) else "none"}
    _store(field_rows, ("object", "name"), {**before, **after})
    changed(actor, "field_changed", (object_name, name), before, after, undoes=undoes)
    drop_indexes(before)
    if _indexes(wish) or wish.kind in _FILTERED:
        _index(object_name, name)


def field_row(object_name: str, name: str) -> Mapping[str, Any]:
    """The row of a field of the company's own; raises NotFound."""
    row = _field(object_name, name)
    if not row["is_custom"]:
        raise NotFound("fields")
    return row


def may_sort(object_name: str, name: str) -> bool:
    """Whether a company may have lists sorted by that field of a standard object, which they are not yet."""
    field = registry.standard().get(object_name).by_name[name]
    return keyset.is_ordered(field) and not field.sortable


def is_needed(object_name: str, name: str) -> bool:
    """Whether records of the standard object are named or found by the field, or must have it."""
    described = registry.standard().get(object_name)
    return described.by_name[name].required or name in (described.title, *described.require_any)


def index(object_name: str, name: str, gone: Mapping[str, str] | None = None) -> None:
    """Build the indexes that the field should have and drop those that it should not, beside all work.

    `gone` is the kind and the key that a field had which was removed or is of another kind now.
    """
    row = next(iter(_rows(field_rows, _here(object_name, name))), None)
    described = registry.standard().objects.get(object_name)
    base = described.base.name if described else records.name
    only = None if described else object_name
    is_custom = row is None or row["is_custom"]
    wanted = _indexes(wish_of(row), is_custom=is_custom) if row else frozenset()
    found = _FOUND if row and is_custom and _is_found(row, wanted) else frozenset()
    key = row["options"].get("key", name) if row else ""
    resting.resting()
    session.execute(_LET_GO)
    if gone is not None and gone["key"] != key:
        indexing.settle(current(), indexes.of(base, only, gone["kind"], gone["key"]), frozenset())
        _know(indexes.spread(base, only, gone["kind"], gone["key"]), is_wanted=False)
    if row is not None:
        known = indexes.of(base, only, kind_of(row), key, is_custom=is_custom)
        indexing.settle(current(), known, wanted | found)
        told = indexes.spread(base, only, kind_of(row), key, is_custom=is_custom)
        _know(told, is_wanted=is_custom or bool(wanted), counted=bool(wanted))
    if wanted:
        session.execute(_ALONE)
        ready = update(field_rows).where(_here(object_name, name), field_rows.c.index_state == "building")
        session.execute(ready.values(index_state="ready", updated_at=now()))
        _renew()
    if row and row["kind"] == "autonumber":
        numbering.ask(object_name, name)


# Many records have one of few values, and are filtered by it: the planner has to know how many have which.
_FILTERED = frozenset({"choice", "boolean", "member", "country"})
_FOUND = frozenset({"found"})


def _is_found(row: Mapping[str, Any], wanted: frozenset[str]) -> bool:
    """Whether records are found by the values of a field of the company's own, as people filter by them.

    So it is with those that came first: each index is kept with every write.
    """
    if kind_of(row) not in _FILTERED or wanted:
        return False
    alike = [each for each in _rows(field_rows, field_rows.c.object == row["object"]) if _may_be_found(each)]
    ahead = len([each for each in alike if each["id"] < row["id"]])
    return ahead < rules.MOST_FOUND


def _may_be_found(row: Mapping[str, Any]) -> bool:
    return bool(row["is_custom"] and kind_of(row) in _FILTERED and not _indexes(wish_of(row)))


def _know(spread: Spread | None, *, is_wanted: bool, counted: bool = False) -> None:
    if spread is not None:
        indexing.know(current(), spread, is_wanted=is_wanted, counted=counted)


_MAKING = ("expression", "rollup", "currency", "decimals")
# What a formula gives is settled with it.
_WORKED_OUT = ("result", "currency")
_FIXED = frozenset({"kind", "name", "target", "is_numbered", "key", *_WORKED_OUT})
_CHANGEABLE = frozenset(asdict(FieldWish("text", {}))) - _FIXED


def alone(actor: Actor) -> None:
    """Change the model while nobody else does, until the transaction ends; raises NotAllowed."""
    require(actor, PERMISSION)
    session.execute(_ALONE)
    registry.forget()


def _columns(wish: FieldWish) -> dict[str, Any]:
    given = {key: getattr(wish, key) for key in rules.OPTIONS}
    options = {key: value for key, value in given.items() if value is not None and value != ()}
    if "choices" in options:
        options["choices"] = [dict(each) for each in options["choices"]]
    told = asdict(wish)
    plain = {key: value for key, value in told.items() if key not in (*rules.OPTIONS, "name")}
    return {**plain, "labels": dict(wish.labels), "help": dict(wish.help), "options": options}


def _is_indexed(wish: FieldWish) -> bool:
    return bool(_indexes(wish))


def _indexes(wish: FieldWish, *, is_custom: bool = True) -> frozenset[str]:
    """What for the field has an index by the company's wish."""
    wanted = {"sort": wish.is_sortable}
    if is_custom:
        wanted |= {
            "unique": wish.is_unique and wish.kind not in rules.LISTS,
            "relation": wish.kind in rules.RELATIONS,
        }
    return frozenset(name for name, is_wanted in wanted.items() if is_wanted)


def _check_unique(described: ObjectType, name: str) -> None:
    """Raises Invalid where two records have the same value."""
    field = described.by_name[name]
    if field.kind in rules.LISTS:
        _check_list(described.name, identifiers.place(field))
        return
    key = func.lower(described.table.c[name])
    live = select(key).where(described.table.c.deleted_at.is_(None), key.is_not(None))
    twice = session.scalar(live.group_by(key).having(func.count() > 1).limit(1))
    if twice is not None:
        raise Invalid.one("is_unique", "not_unique", NOT_UNIQUE, value=str(twice)[:100])


def _mark(object_name: str, name: str, wish: FieldWish, before: FieldWish) -> None:
    """Let the entries of a list that lies beside the records be unique, or not any more."""
    if wish.kind in rules.LISTS and wish.is_unique != before.is_unique:
        with uniqueness.races_told():
            identifiers.set_exclusive(object_name, (IDENTIFIED[wish.kind], name), exclusive=wish.is_unique)


def _check_list(object_name: str, where: identifiers.Place) -> None:
    """The same for a list beside the records, whose entries are marked one by one."""
    count = identifiers.count(object_name, where)
    if count > rules.MOST_MARKED:
        raise Invalid.one("is_unique", "too_many", TOO_LONG, count=count)
    if (value := identifiers.twice(object_name, where)) is not None:
        raise Invalid.one("is_unique", "not_unique", NOT_UNIQUE, value=value[:100])


def _here(object_name: str, name: str) -> Any:
    return (field_rows.c.object == object_name) & (field_rows.c.name == name)


def _of_parent(object_name: str, name: str, wish: FieldWish) -> list[Problem]:
    described = registry.find(object_name)
    return list(parents.problems(described, name, wish)) if described else []


def _full_of_lists(rows: Sequence[Mapping[str, Any]], wish: FieldWish) -> list[Problem]:
    if wish.kind not in rules.LISTS:
        return []
    return _full(sum(row["kind"] == wish.kind for row in rows), rules.MOST_LISTS, "kind", TOO_MANY_LISTS)


def _full(count: int, most: int, path: str, message: str) -> list[Problem]:
    return [Problem(path, "too_many", message, {"most": most})] if count >= most else []


def _full_of_indexes(rows: Sequence[Mapping[str, Any]], wish: FieldWish) -> list[Problem]:
    held = sum(row["index_state"] != "none" for row in rows)
    return _full(held, rules.MOST_INDEXED, "is_sortable", TOO_MANY_INDEXED) if _is_indexed(wish) else []


def _sorting_problems(
    object_name: str, name: str, rows: Sequence[Mapping[str, Any]], wish: FieldWish
) -> list[Problem]:
    """What is wrong with lists sorted by a field that Kith brings."""
    if not wish.is_sortable:
        return []
    if not may_sort(object_name, name):
        return [Problem("is_sortable", "not_possible", N_("Lists cannot be sorted by such a field."))]
    return _full_of_indexes(rows, FieldWish(wish.kind, {}, is_sortable=True))


def _object(name: str) -> dict[str, Any]:
    row = next(iter(_rows(object_types, object_types.c.name == name)), None)
    if row is not None:
        return dict(row)
    if name not in registry.standard().objects:
        raise NotFound(name)
    return {"id": new_id(), "name": name, "labels": {}, "icon": None, "is_custom": False, "hidden_at": None}


def _field(object_name: str, name: str) -> dict[str, Any]:
    row = next(iter(_rows(field_rows, _here(object_name, name))), None)
    if row is not None:
        return dict(row)
    standard = registry.standard().objects.get(object_name)
    known = {each.name: each for each in standard.fields} if standard else {}
    if name not in known:
        raise NotFound("fields")
    field = known[name]
    started = FieldWish(field.kind, {}, in_table=field.in_table, visibility=field.visibility)
    fresh = {"id": new_id(), "object": object_name, "name": name, "is_custom": False, "hidden_at": None}
    return {**_columns(started), **fresh, "index_state": "none"}


def _rows(table: Table, where: Any) -> list[Mapping[str, Any]]:
    return [dict(row) for row in session.execute(select(table).where(where)).mappings()]


def _store(table: Table, keys: Sequence[str], row: Mapping[str, Any]) -> None:
    fresh = {**row, "updated_at": now()}
    changed = {key: value for key, value in fresh.items() if key not in ("id", "created_at", *keys)}
    session.execute(upsert(table).values(**fresh).on_conflict_do_update(index_elements=keys, set_=changed))


def changed(
    actor: Actor,
    verb: str,
    place: tuple[str, str | None],
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    *,
    undoes: UUID | None = None,
) -> None:
    """Tell what was done, so that it can be read and taken back, and let everybody have the new model."""
    object_name, field = place
    names = [name for name in (after or before) if before.get(name) != after.get(name)]
    if not names:
        return
    title = f"{object_name}.{field}" if field else object_name
    told = {
        "object": object_name,
        "field": field,
        "before": {name: _plain(before.get(name)) for name in names},
        "after": {name: _plain(after.get(name)) for name in names},
        **({"undoes": str(undoes)} if undoes else {}),
    }
    facts.record(actor, verb, None, None, title, about=[MODEL], data=told)
    _renew()


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


def _index(object_name: str, name: str, gone: Mapping[str, str] | None = None) -> None:
    payload = {"object": object_name, "field": name, "gone": gone}
    of = f"{name} {gone['key']}" if gone else name
    enqueue(INDEX_JOB, payload, queue="bulk", key=f"index {object_name}.{of}")
