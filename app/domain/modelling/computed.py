"""Formulas and roll-ups when they are saved: what they give, and that they can be worked out at all."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from app.core.errors import Invalid, Problem
from app.core.text import N_
from app.domain.modelling.rules import NO_ORDER, UNORDERED, FieldWish
from app.records import filters, registry
from app.records.computed import plans
from app.records.computed.described import AGGREGATES, KINDS, RollUp, rollup_of
from app.records.computed.plans import currency_of, gives
from app.records.filters.moments import Moment
from app.records.filters.tree import ME, All, Condition, Not, OneOf, Where
from app.records.formulas.checking import Checked
from app.records.formulas.kinds import RESULTS, WORDS, Usable
from app.records.formulas.running import formula
from app.records.formulas.wrong import WrongFormula
from app.records.types import Field, ObjectType

MOST_FORMULAS = 30
MOST_ROLLUPS = 15
WORK_OUT_JOB = "modelling.work_out"
# What of the related records can be taken, by how.
TAKEN: Mapping[str, frozenset[str]] = {
    "sum": frozenset({"number", "money", "percent"}),
    "min": frozenset({"number", "money", "percent", "date", "datetime", "choice"}),
    "max": frozenset({"number", "money", "percent", "date", "datetime", "choice"}),
    "latest": frozenset(
        "text email phone url autonumber number money percent date datetime boolean choice choices country"
        " member relation".split()
    ),
}
_AS_TEXT = frozenset({"email", "phone", "url", "autonumber"})
# What a roll-up may give.
_ROLLED_UP = frozenset({*RESULTS, "choice", "choices", "country", "member", "relation"})
_WORDS: Mapping[str, str] = {
    **WORDS,
    "choice": N_("a choice"),
    "choices": N_("several choices"),
    "country": N_("a country"),
    "member": N_("a member"),
    "relation": N_("a record"),
}

CIRCLE = N_("This goes round in a circle: %(fields)s. A field cannot be made of itself.")
OTHER_RESULT = N_("This field holds %(kind)s; the formula gives %(given_kind)s. Add a new field for it.")
NOT_RESULT = N_(
    "The formula gives %(given_kind)s, which this field cannot hold. Choose another result or add a field."
)
NOT_TAKEN = N_("%(field)s can neither be summed up nor compared. Take it of the latest one.")
NO_SUM = N_("%(field)s cannot be summed up. Take the smallest or first, the largest or last, or the latest.")
TOO_MANY = N_("An object has at most %(most)s of these fields. Hide one that you no longer need.")
USED = N_("%(fields)s is worked out of this. Change or hide that first.")


def is_computed(wish: FieldWish) -> bool:
    """Whether Kith is to work the field out."""
    return wish.kind in KINDS


def settled(
    described: ObjectType, name: str, wish: FieldWish, before: FieldWish | None = None
) -> tuple[FieldWish, list[Problem]]:
    """The wish with what it gives, and what is wrong with it; `before` is what the field was."""
    if not is_computed(wish):
        return wish, []
    try:
        found = _formula(described, name, wish) if wish.kind == "formula" else _rollup(described, name, wish)
    except WrongFormula as wrong:
        return wish, [Problem("expression", wrong.code, wrong.message, {**wrong.data, "at": wrong.at})]
    except Invalid as refused:
        return wish, list(refused.problems)
    problems = list(_problems(described, found, before))
    return found, problems


def users_of(object_name: str, name: str | None) -> list[Field]:
    """The fields that are worked out of this field; without a name, elsewhere of records of the object."""
    found = []
    for (owner, field), needs in plans.present().needs.items():
        is_used = (object_name, name) in needs if name else any(need[0] == object_name for need in needs)
        if is_used and (owner, field) != (object_name, name) and (name or owner != object_name):
            found.append(registry.get(owner).by_name[field])
    return found


def in_use(object_name: str, name: str | None) -> list[Problem]:
    """That the field, or the object, cannot be hidden while others are worked out of it."""
    fields = users_of(object_name, name)
    told = {"fields": ", ".join(str(each.label) for each in fields)}
    return [Problem("is_hidden", "in_use", USED, told)] if fields else []


def compared_in(object_name: str, name: str) -> list[str]:
    """The objects with roll-ups that tell which choice of that field is first or last, however far off."""
    feeds = plans.present().feeds
    waiting, found, seen = [(object_name, name)], [], set[tuple[str, str]]()
    while waiting:
        place = waiting.pop()
        for feed in feeds.get(place[0], ()):
            taker = (feed.object, feed.field.name)
            if feed.rollup.of == place[1] and taker not in seen:
                seen.add(taker)
                waiting.append(taker)
                found += [feed.object] if feed.rollup.aggregate in ("min", "max") else []
    return list(dict.fromkeys(found))


def checked(described: ObjectType, name: str, source: str) -> Checked:
    """The formula of a field called `name`; raises WrongFormula."""
    known: tuple[Usable, ...] = tuple(plans.usable(described).values())
    found = formula(source, known).checked
    _refuse_circle(described, name, [(described.name, each) for each in found.uses])
    return found


def _formula(described: ObjectType, name: str, wish: FieldWish) -> FieldWish:
    found = checked(described, name, wish.expression or "")
    result = wish.result or found.kind
    if not gives(found.kind, result):
        at = "expression" if described.by_name.get(name) else "result"
        raise Invalid.one(at, "other_result", NOT_RESULT, given_kind=_word(found.kind))
    inputs = [described.by_name[each] for each in found.uses]
    currency = None
    if result == "money" and found.currencies:
        only = found.currencies[0]
        is_shared = len(found.currencies) == 1 and not described.by_name[only].computed
        currency = only if is_shared else currency_of(name)
    return _whole(wish, result, currency, inputs)


def _rollup(described: ObjectType, name: str, wish: FieldWish) -> FieldWish:
    rollup = rollup_of(wish.rollup or {})
    child = registry.find(rollup.object)
    if child is None:
        raise Invalid.one("rollup.object", "required", N_("Choose which records are counted."))
    relation = child.by_name.get(rollup.field)
    if (
        relation is None
        or relation.kind not in ("relation", "relations")
        or relation.target != described.name
    ):
        raise Invalid.one("rollup.field", "required", N_("Choose a relation that points here."))
    if rollup.aggregate not in AGGREGATES:
        raise Invalid.one("rollup.aggregate", "unknown", N_("Choose one of the list."))
    taken = _taken(child, rollup)
    _check_order(child, rollup)
    _check_filter(child, rollup)
    read = [(child.name, each) for each in (rollup.field, *rollup.names)]
    _refuse_circle(described, name, read)
    result = "number" if taken is None else "text" if taken.kind in _AS_TEXT else taken.kind
    currency = None
    if result == "money" and taken is not None:
        currency = currency_of(name) if taken.currency else _lent(described)
    told = {key: value for key, value in _told(rollup).items() if value}
    decimals = 0 if rollup.aggregate == "count" else wish.decimals
    inputs = [child.by_name[each] for each in rollup.names if each in child.by_name]
    target = taken.target if taken else None
    return _whole(replace(wish, rollup=told, decimals=decimals, target=target), result, currency, inputs)


def _told(rollup: RollUp) -> dict[str, Any]:
    return {
        "aggregate": rollup.aggregate,
        "object": rollup.object,
        "field": rollup.field,
        "of": rollup.of if rollup.aggregate != "count" else None,
        "by": rollup.by if rollup.aggregate == "latest" else None,
        "where": rollup.where,
    }


def _taken(child: ObjectType, rollup: RollUp) -> Field | None:
    """The field of the related records that is summed up or taken; None where they are counted."""
    if rollup.aggregate == "count":
        return None
    field = child.by_name.get(rollup.of or "")
    is_itself = rollup.of == rollup.field
    if field is None or is_itself or not field.stored or field.kind not in TAKEN["latest"]:
        raise Invalid.one("rollup.of", "required", N_("Choose a field that this can be done with."))
    if field.kind not in TAKEN[rollup.aggregate]:
        message = NO_SUM if field.kind in TAKEN["min"] else NOT_TAKEN
        raise Invalid.one("rollup.of", "required", message, field=field.label)
    return field


def _check_order(child: ObjectType, rollup: RollUp) -> None:
    field = child.by_name.get(rollup.by) if rollup.by else None
    if rollup.by and (field is None or field.kind not in ("date", "datetime")):
        raise Invalid.one("rollup.by", "required", N_("Choose the date by which the latest is told."))


def _check_filter(child: ObjectType, rollup: RollUp) -> None:
    if rollup.where is None:
        return
    try:
        where = filters.parse_json(child, rollup.where)
    except Invalid as refused:
        wrong = [Problem("rollup.where", each.code, each.message, each.data) for each in refused.problems]
        raise Invalid(wrong) from None
    if any(_depends(each.value) for each in _conditions(where)):
        message = N_(
            "A roll-up is the same today and tomorrow, for you and for others. Give a date or a name."
        )
        raise Invalid.one("rollup.where", "no_clock", message)


def _conditions(where: Where) -> Iterator[Condition]:
    match where:
        case All(parts) | OneOf(parts):
            for part in parts:
                yield from _conditions(part)
        case Not(part):
            yield from _conditions(part)
        case Condition():
            yield where


def _depends(value: Any) -> bool:
    """Whether the value is another one tomorrow, or for somebody else."""
    if isinstance(value, tuple):
        return any(_depends(each) for each in value)
    return isinstance(value, Moment) or value == ME


def _refuse_circle(described: ObjectType, name: str, read: Sequence[tuple[str, str]]) -> None:
    here, needs = (described.name, name), plans.present().needs
    for each in read:
        if each == here or here in needs.get(each, ()):
            between = registry.get(each[0]).by_name[each[1]].label
            own = described.by_name[name].label if name in described.by_name else name
            path = ", ".join(str(word) for word in (*dict.fromkeys((own, between)), own))
            raise Invalid.one("expression", "circle", CIRCLE, fields=path)


def _lent(described: ObjectType) -> str | None:
    """The currency of the record itself, for amounts of what belongs to it that say none."""
    return next((each.name for each in described.fields if each.kind == "currency"), None)


def _whole(wish: FieldWish, result: str, currency: str | None, inputs: Sequence[Field]) -> FieldWish:
    """What is made of personal data is personal data."""
    is_personal = wish.is_personal or any(each.personal for each in inputs)
    return replace(wish, result=result, currency=currency, is_personal=is_personal)


def _problems(described: ObjectType, wish: FieldWish, before: FieldWish | None) -> Iterator[Problem]:
    if wish.result not in (_ROLLED_UP if wish.kind == "rollup" else RESULTS):
        yield Problem("result", "unknown", N_("Choose one of the list."))
    elif before is not None and (before.result, before.target) != (wish.result, wish.target):
        words = {"kind": _word(before.result or "text"), "given_kind": _word(wish.result or "text")}
        yield Problem("expression", "other_result", OTHER_RESULT, words)
    if wish.is_required or wish.default_value is not None:
        yield Problem(
            "is_required", "not_possible", N_("What Kith works out is neither required nor begun with.")
        )
    if wish.is_searchable and (wish.kind == "rollup" or wish.result != "text"):
        yield Problem("is_searchable", "not_possible", N_("Only texts can be searched for."))
    if wish.is_sortable and wish.result in UNORDERED:
        yield Problem("is_sortable", "not_possible", NO_ORDER)
    yield from _full(described, wish, before)


def _full(described: ObjectType, wish: FieldWish, before: FieldWish | None) -> Iterator[Problem]:
    own = plans.present().own.get(described.name)
    if own is None or before is not None:
        return
    held, most = (
        (len(own.formulas), MOST_FORMULAS) if wish.kind == "formula" else (len(own.rollups), MOST_ROLLUPS)
    )
    if held >= most:
        yield Problem("name", "too_many", TOO_MANY, {"most": most})


def _word(kind: str) -> str:
    return _WORDS.get(kind, kind)
