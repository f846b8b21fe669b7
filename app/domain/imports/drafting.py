"""From rows of cells to drafts of records, as the plan says."""

from collections.abc import Callable, Sequence
from typing import Any

from app.core.errors import Problem
from app.domain.imports.cells import Money, here, parts, read_cell, refusal
from app.domain.imports.rules.draft import Draft, Pointer
from app.domain.imports.rules.formula import original_cell
from app.domain.imports.rules.people import split_name
from app.domain.imports.rules.plan import Column, Plan
from app.domain.imports.rules.records import Row
from app.domain.imports.rules.words import EMPTY, is_empty, is_missing
from app.domain.imports.targets import EXTERNAL, FULL_NAME, RECORD_ID, Target, targets
from app.records.habits import Habits
from app.records.types import Field
from app.records.values import Refused

# Reads the cell into the draft.
Slot = Callable[[Draft, str], None]
_REMEMBERED = 2_000
_MISSING, _CLEARED = object(), object()
_NAMES = frozenset({"name", "first_name", "last_name"})
_SHARED_SIGNS = (
    frozenset({"USD", "CAD", "AUD", "NZD", "SGD", "HKD", "MXN"}),
    frozenset({"JPY", "CNY"}),
    frozenset({"SEK", "NOK", "DKK", "ISK"}),
)


class Drafter:
    """Turns rows into drafts; a cell that is empty says nothing, the plan's clear word empties a field."""

    def __init__(self, plan: Plan, habits: Habits) -> None:
        self._plan = plan
        self._habits = habits
        self._empty = EMPTY - {plan.clear_word.lower()}
        self._slots = self._compile()

    def draft(self, row: Row) -> Draft:
        """The draft of one row; what is wrong with its cells lies in its problems."""
        draft = Draft(row)
        if row.fault:
            draft.problems.append(Problem("", "unreadable", row.fault, {**row.data, "value": ""}))
            return draft
        cells = [original_cell(cell) for cell in row.cells] if self._plan.is_mended else row.cells
        for place, column, slot in self._slots:
            cell = cells[place]
            if is_empty(cell, self._empty):
                continue
            try:
                slot(draft, cell)
            except Refused as refused:
                draft.problems.append(refusal(column, cell, refused))
        return draft

    def _compile(self) -> Sequence[tuple[int, Column, Slot]]:
        """One reader a column; the country first, for phones written without its code."""
        known = targets(self._plan.object)
        chosen = [
            (place, column, known[column.target])
            for place, column in enumerate(self._plan.columns)
            if column.target in known
        ]
        chosen.sort(key=lambda each: each[2].field is None or each[2].field.kind != "country")
        return [(place, column, self._slot(column, target)) for place, column, target in chosen]

    def _slot(self, column: Column, target: Target) -> Slot:
        if target.key == EXTERNAL:
            return _external(column)
        if target.key == RECORD_ID:
            return lambda draft, cell: draft.keys.append(("id", cell.strip()))
        if target.key.endswith(FULL_NAME):
            return self._full_name(target)
        assert target.field is not None
        if target.keys:
            return self._pointer(column, target, target.field)
        return self._value(column, target, target.field)

    def _value(self, column: Column, target: Target, field: Field) -> Slot:
        clear = self._plan.clear_word
        is_phone = field.kind == "phone"
        known: dict[Any, Any] = {}  # columns repeat themselves
        may_be_missing = field.kind != "country" and field.name not in _NAMES

        def look(cell: str, country: Any) -> Any:
            if may_be_missing and is_missing(cell):
                return _MISSING
            if clear and cell.strip() == clear:
                return _CLEARED
            return read_cell(field, column, cell, here(self._habits, country))

        def read(draft: Draft, cell: str) -> None:
            country = draft.values.get("country") if is_phone else None
            key = (cell, country) if is_phone else cell
            value = known.get(key, known)
            if value is known:
                value = look(cell, country)
                if len(known) < _REMEMBERED:
                    known[key] = value
            if value is _MISSING:
                return
            values = _values(draft, target)
            if value is _CLEARED:
                values[field.name] = None
                return
            if isinstance(value, Money):
                self._currency(values, field, value)
                value = value.value
            if value is not None:
                values[field.name] = value

        return read

    def _currency(self, values: dict[str, Any], field: Field, money: Money) -> None:
        """An amount brings its currency along; a sign that several share means the one used here."""
        if field.currency is None or money.currency is None:
            return
        family = next((each for each in _SHARED_SIGNS if money.currency in each), frozenset())
        own = self._habits.currency
        values.setdefault(field.currency, own if money.shared and own in family else money.currency)

    def _full_name(self, target: Target) -> Slot:
        def read(draft: Draft, cell: str) -> None:
            first, last = split_name(cell)
            _values(draft, target).update(first_name=first, last_name=last)

        return read

    def _pointer(self, column: Column, target: Target, field: Field) -> Slot:
        clear, goal = self._plan.clear_word, field.relates_to or field.holds or ""

        def read(draft: Draft, cell: str) -> None:
            if clear and cell.strip() == clear:
                draft.values[field.name] = None
            else:
                can_create, many = column.create and target.can_create, bool(field.holds)
                for text in parts(cell) if many else [cell.strip()]:
                    draft.pointers.append(Pointer(column, field.name, goal, text, can_create, many))

        return read


def _external(column: Column) -> Slot:
    def read(draft: Draft, cell: str) -> None:
        draft.values.setdefault("external_ids", {})[column.system] = cell.strip()
        draft.keys.append(("external", cell.strip()))

    return read


def _values(draft: Draft, target: Target) -> dict[str, Any]:
    if target.companion is None:
        return draft.values
    return draft.parts.setdefault(target.companion.name, {})
