"""A first plan for a file: its columns guessed from names and values, its relations from what is there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import func, select

from app.domain.imports.cells import parts
from app.domain.imports.finding import find
from app.domain.imports.rules.header import column_names, has_header
from app.domain.imports.rules.mapping import guess_columns, is_known, normalise
from app.domain.imports.rules.plan import DEFAULT_SYSTEM, Column, Plan
from app.domain.imports.rules.profile import ColumnProfile
from app.domain.imports.rules.records import Format
from app.domain.imports.targets import Target, targets
from app.records.habits import Habits
from app.records.tables import identifiers
from tenants.session import session

# A column called customer may mean the company or the person: whoever has its ids.
_TWINS = {"company_id": "contact_id"}
_CREATES = frozenset({("contacts", "company_id"), ("deals", "company_id")})
_TRIED = ("external", "number", "sku", "email", "name")


def names_of(first: list[str], header: bool | None = None) -> tuple[list[str], bool]:
    """The names of the columns, and whether the first row holds them; `header` decides where it is known."""
    if header is None:
        header = has_header(first, any(is_known(cell) for cell in first))
    return column_names(first, header), header


def suggest(
    object_name: str, how: Format, names: Sequence[str], profiles: Sequence[ColumnProfile], habits: Habits
) -> Plan:
    """The plan that fits a table with these columns best, as far as it can be told."""
    known = targets(object_name)
    guessed = guess_columns(object_name, names, profiles, known, _own_words(known))
    relations = _Relations(known, {column.target for column in guessed}, habits)
    settled = [relations.settle(column, seen.samples) for column, seen in zip(guessed, profiles, strict=True)]
    columns = [
        replace(column, create=True)
        if (object_name, column.target) in _CREATES and column.by == "name"
        else column
        for column in settled
    ]
    return Plan(object_name, tuple(columns), how)


def _own_words(known: Mapping[str, Target]) -> dict[str, str]:
    """The fields that the company added, by what it calls them in any language."""
    own = [each for each in known.values() if each.field and each.field.custom and not each.companion]
    return {
        plain: each.key
        for each in own
        for word in getattr(each.label, "by_language", {}).values()
        if (plain := normalise(word))
    }


@dataclass(frozen=True)
class _Relations:
    """Finds for each relation the object, key and system that know its examples."""

    known: dict[str, Target]
    taken: set[str]
    habits: Habits

    def settle(self, column: Column, samples: list[str]) -> Column:
        """The column as it fits the records there are; as guessed where nothing is there."""
        target = self.known.get(column.target)
        if target is None or not target.keys or column.by == "id":
            return column
        if target.field and target.field.holds:
            samples = [part for cell in samples for part in parts(cell)]
        options = [(target, key) for key in _keys(target, column.by)]
        twin = self.known.get(_TWINS.get(target.key, ""))
        if twin and twin.key not in self.taken:
            options += [(twin, key) for key in _keys(twin, column.by)]
        hits = [len(find(_goal(goal), key, samples, "", self.habits)) for goal, key in options]
        best = max(hits)
        chosen, key = options[hits.index(best)] if best else (target, _without_hits(target, column.by))
        system = _system(chosen, samples) if key == "external" else ""
        return replace(column, target=chosen.key, by=key, system=system)


def _keys(target: Target, guess: str) -> list[str]:
    """The guessed key, then the others: of equal hits the first counts."""
    return [key for key in dict.fromkeys((guess, *_TRIED)) if key in target.keys]


def _without_hits(target: Target, guess: str) -> str:
    """What nobody knows yet is meant by number where records have one."""
    if guess == "external" and "number" in target.keys and _goal(target) != "companies":
        return "number"
    return guess if guess in target.keys else target.keys[0]


def _goal(target: Target) -> str:
    return (target.field.relates_to or target.field.holds or "") if target.field else ""


def _system(target: Target, samples: list[str]) -> str:
    """The system in which most of these ids are known."""
    columns = identifiers.c
    found = session.scalars(
        select(columns.system)
        .where(
            columns.object == _goal(target),
            columns.kind == "external",
            columns.is_live,
            columns.value.in_(samples),
        )
        .group_by(columns.system)
        .order_by(func.count().desc(), columns.system)
    ).first()
    return found or DEFAULT_SYSTEM
