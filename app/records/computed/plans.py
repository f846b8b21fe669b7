"""What is worked out of what in a tenant's model: the order of formulas, and who has to hear of a change."""

import dataclasses
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from app.records import registry
from app.records.computed.described import FormulaOf, RollUp
from app.records.formulas.kinds import OF_FIELDS, Usable
from app.records.formulas.running import Formula, formula
from app.records.formulas.wrong import WrongFormula
from app.records.model import Model
from app.records.types import Field, ObjectType

# Of the record's own fields these never change.
_LASTING = ("created_at", "created_by")
_KEPT = "plan"
T = TypeVar("T")
# An object and one of its fields; None stands for all its records.
Need = tuple[str, str | None]


@dataclass(frozen=True, eq=False)
class Worked:
    """A formula of an object: its field, and None as formula where it cannot be worked out any more."""

    field: Field
    formula: Formula | None

    @property
    def uses(self) -> frozenset[str]:
        """The fields that it reads."""
        checked = self.formula.checked if self.formula else None
        return checked.uses.union(checked.currencies) if checked else frozenset()


@dataclass(frozen=True, eq=False)
class Own:
    """What is worked out of one object, formulas in the order in which they build on each other.

    `lists` are the fields of several records that they read.
    """

    formulas: tuple[Worked, ...]
    rollups: tuple[tuple[Field, RollUp], ...]
    lists: tuple[Field, ...] = ()

    @cached_property
    def names(self) -> frozenset[str]:
        """All fields that are worked out, the currencies of amounts with them."""
        fields = [*(each.field for each in self.formulas), *(each for each, _ in self.rollups)]
        return frozenset(name for each in fields for name in written(each))


@dataclass(frozen=True, eq=False)
class Feed:
    """A roll-up as the records see it that it is made of: it lies in `object`, its field is `field`.

    Of these fields a change matters; `any_change`: of others too, as the database computes one of them.
    """

    object: str
    field: Field
    rollup: RollUp
    names: frozenset[str]
    any_change: bool


@dataclass(frozen=True)
class Plan:
    """What is worked out, by object; what roll-ups are made of an object; what has to be seen for a field.

    `holders` are by object the fields of several of its records that formulas read, each with its object.
    """

    own: Mapping[str, Own] = dataclasses.field(default_factory=dict)
    feeds: Mapping[str, tuple[Feed, ...]] = dataclasses.field(default_factory=dict)
    needs: Mapping[tuple[str, str], frozenset[Need]] = dataclasses.field(default_factory=dict)
    holders: Mapping[str, tuple[tuple[str, Field], ...]] = dataclasses.field(default_factory=dict)


_NOTHING = Plan()


def written(field: Field) -> tuple[str, ...]:
    """The fields that hold what is worked out: itself, and the currency that is its own."""
    own = currency_of(field.name)
    return (field.name, own) if field.currency == own else (field.name,)


def currency_of(name: str) -> str:
    """The field that says the currency of an amount which has one of its own."""
    return f"{name}_currency"


def present() -> Plan:
    """The plan of the tenant at work."""
    return of_model(registry.model())


def of_model(model: Model) -> Plan:
    """The plan of a model, made once."""
    if not model.revision:
        return _NOTHING
    if _KEPT not in model.kept:
        model.kept[_KEPT] = _made(model.objects)
    return model.kept[_KEPT]  # type: ignore[no-any-return]


def usable(described: ObjectType, but: str | None = None) -> dict[str, Usable]:
    """The fields of the object that a formula may read, `but` the one that it is."""
    known = (*described.fields, *(each for each in described.own_fields if each.name in _LASTING))
    return {
        each.name: Usable(each.name, OF_FIELDS[each.kind], each.currency)
        for each in known
        if each.kind in OF_FIELDS
        and each.stored
        and each.name != but
        and not (each.generated and not each.derive)
    }


def _made(objects: Mapping[str, ObjectType]) -> Plan:
    own: dict[str, Own] = {}
    feeds: dict[str, list[Feed]] = defaultdict(list)
    holders: dict[str, list[tuple[str, Field]]] = defaultdict(list)
    for described in objects.values():
        fields = [each for each in described.fields if each.computed and each.kind != "currency"]
        if not fields:
            continue
        rollups = tuple((each, each.computed) for each in fields if isinstance(each.computed, RollUp))
        formulas = _ordered(described, fields)
        read = frozenset[str]().union(*(each.uses for each in formulas))
        lists = tuple(each for each in described.holding if each.name in read)
        own[described.name] = Own(formulas, rollups, lists)
        for each in lists:
            holders[each.holds or ""].append((described.name, each))
        for each, rollup in rollups:
            child = objects.get(rollup.object)
            if child is not None and rollup.field in child.by_name:
                feeds[child.name].append(_feed(described, each, rollup, child))
    return Plan(own, _fixed(feeds), _needs(own), _fixed(holders))


def _fixed(found: Mapping[str, Iterable[T]]) -> dict[str, tuple[T, ...]]:
    return {name: tuple(those) for name, those in found.items()}


def _feed(described: ObjectType, field: Field, rollup: RollUp, child: ObjectType) -> Feed:
    names = set(rollup.names)
    summed = child.by_name.get(rollup.of or "")
    if summed is not None and summed.currency:
        names.add(summed.currency)
    unforeseen = any(child.by_name[name].generated for name in names if name in child.by_name)
    return Feed(described.name, field, rollup, frozenset(names), unforeseen)


def _ordered(described: ObjectType, fields: Iterable[Field]) -> tuple[Worked, ...]:
    """Formulas behind those that they read; what goes round in a circle stands at the end, broken."""
    waiting = {
        each.name: Worked(each, _compiled(described, each, each.computed))
        for each in fields
        if isinstance(each.computed, FormulaOf)
    }
    found: list[Worked] = []
    while waiting:
        ready = [each for each in waiting.values() if not each.uses & waiting.keys()]
        if not ready:
            return (*found, *(Worked(each.field, None) for each in waiting.values()))
        found += ready
        for each in ready:
            del waiting[each.field.name]
    return tuple(found)


def _compiled(described: ObjectType, field: Field, computed: FormulaOf) -> Formula | None:
    try:
        found = formula(computed.source, tuple(usable(described, but=field.name).values()))
    except WrongFormula:
        return None
    return found if gives(found.kind, field.kind) else None


def gives(kind: str, wanted: str) -> bool:
    """Whether what a formula of that kind gives can be kept in a field of the kind that is `wanted`."""
    return kind == wanted or (kind, wanted) == ("number", "percent")


def _needs(own: Mapping[str, Own]) -> dict[tuple[str, str], frozenset[Need]]:
    """What one has to see to see each field: everything that it is made of, however far off."""
    direct: dict[tuple[str, str], frozenset[Need]] = {}
    for name, those in own.items():
        held: dict[str, Need] = {each.name: (each.holds or "", None) for each in those.lists}
        for worked in those.formulas:
            # How many there are tells also of those that one does not see.
            whole = [held[each] for each in worked.uses if each in held]
            direct[name, worked.field.name] = frozenset([*whole, *((name, each) for each in worked.uses)])
        for field, rollup in those.rollups:
            read = {(rollup.object, each) for each in (rollup.field, *rollup.names)}
            direct[name, field.name] = frozenset({(rollup.object, None), *read})
    return {key: _reached(direct, key) for key in direct}


def _reached(direct: Mapping[tuple[str, str], frozenset[Need]], start: tuple[str, str]) -> frozenset[Need]:
    found: set[Need] = set()
    waiting = list(direct[start])
    while waiting:
        need = waiting.pop()
        if need not in found:
            found.add(need)
            if need[1] is not None:
                waiting += direct.get((need[0], need[1]), ())
    return frozenset(found)
