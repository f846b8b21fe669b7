"""Which kind a field can become, and what its values are then. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, cast
from uuid import UUID

from app.core.text import N_, OwnWords
from app.domain.modelling.rules import (
    LONGEST_LABEL,
    MOST_CHOICES,
    SEARCHABLE,
    UNSORTED,
    FieldWish,
    problems_of_words,
    slug,
)
from app.records.habits import Habits
from app.records.plain import inward
from app.records.types import Choice, Field, Kind
from app.records.values import Refused, read

# By kind: what such a field can become. Of what is not named here no value can be told for certain.
POSSIBLE: Mapping[str, tuple[str, ...]] = {
    "text": (
        "longtext", "choice", "number", "date", "datetime", "boolean", "email", "phone", "url", "country",
    ),
    "longtext": ("text",),
    "number": ("text",),
    "date": ("datetime", "text"),
    "datetime": ("date",),
    "boolean": ("text",),
    "choice": ("choices", "text"),
    "choices": ("choice",),
    "relation": ("relations",),
    "relations": ("relation",),
    "email": ("text",),
    "phone": ("text",),
    "url": ("text",),
}  # fmt: skip
HAS_A_TIME = N_("It has a time of day, which would be lost.")
SEVERAL = N_("It has several choices.")
HOLDS_SEVERAL = N_("It holds several records.")
TOO_MANY_CHOICES = N_("A field has at most %(most)s choices.")
NO_CHOICE = N_("This cannot be the name of a choice.")
_YES_NO = {"de": ("Ja", "Nein"), "en": ("Yes", "No")}


@dataclass
class Becoming:
    """A field on its way to another kind; choices that come of texts are gathered as they are met.

    Of a field on its way back from `first` the choices are those it had, and what nobody changed since is
    what it was.
    """

    before: Field
    kind: str
    habits: Habits
    choices: list[dict[str, Any]] = field(default_factory=list)
    first: "Becoming | None" = None
    _known: dict[Any, Any] = field(default_factory=dict, init=False)

    @property
    def after(self) -> Field:
        """The field as it will be, for the reader of values."""
        told = tuple(Choice(each["value"], OwnWords(each["labels"])) for each in self.choices)
        return replace(self.before, kind=cast(Kind, self.kind), choices=told, limit=None, decimals=4)

    def of(self, raw: Any, kept: Any = None) -> Any:
        """What the stored value becomes, as JSON; raises Refused. `kept` is what it was before `first`."""
        if self.first is not None and kept is not None and self.first.made(kept) == raw:
            return kept
        return self._of(raw)

    def made(self, raw: Any) -> Any:
        """The same, None for what does not fit."""
        try:
            return self._of(raw)
        except Refused:
            return None

    def _of(self, raw: Any) -> Any:
        known = tuple(raw) if isinstance(raw, list) else raw
        if known not in self._known:
            try:
                self._known[known] = inward(self._read(raw))
            except Refused as refused:
                self._known[known] = refused
        found = self._known[known]
        if isinstance(found, Refused):
            raise found
        return found

    def _read(self, raw: Any) -> Any:
        match self.before.kind, self.kind:
            case "date", "datetime":
                return datetime.combine(date.fromisoformat(raw), time(), self.habits.zone)
            case "datetime", "date":
                return self._day(raw)
            case "choice", "choices":
                return [raw]
            case "choices", "choice":
                return self._only(raw)
            case "relation", "relations":
                return [raw]
            case "relations", "relation":
                return self._only(raw, HOLDS_SEVERAL)
            case _, "choice":
                return self._choice(str(raw))
            case _, "text" | "longtext":
                return read(self.after, self._text(raw), self.habits)
        return read(self.after, raw, self.habits)

    def _day(self, raw: str) -> date:
        at = datetime.fromisoformat(raw).astimezone(self.habits.zone)
        if at.time() != time():
            raise Refused("has_a_time", HAS_A_TIME)
        return at.date()

    def _only(self, raw: list[Any], message: str = SEVERAL) -> Any:
        if len(raw) > 1:
            raise Refused("several", message)
        return raw[0] if raw else None

    def _choice(self, raw: str) -> str:
        """The choice that is called so; a new one where there is none yet."""
        called = " ".join(raw.split())
        found = next((each for each in self.choices if called.casefold() in _called(each)), None)
        if found is not None:
            return str(found["value"])
        if self.first is not None:
            raise Refused("not_a_choice", NO_CHOICE)
        if len(self.choices) >= MOST_CHOICES:
            raise Refused("too_many", TOO_MANY_CHOICES, most=MOST_CHOICES)
        wrong = problems_of_words("", {"en": called}, longest=LONGEST_LABEL, needed=True)
        if next(wrong, None) is not None:
            raise Refused("not_a_choice", NO_CHOICE)
        value = _value(called, {each["value"] for each in self.choices})
        self.choices.append({"value": value, "labels": {"en": called}})
        return value

    def _text(self, raw: Any) -> str:
        language = "de" if self.habits.language.startswith("de") else "en"
        match self.before.kind:
            case "boolean":
                return _YES_NO[language][0 if raw else 1]
            case "number":
                return f"{Decimal(str(raw)).normalize():f}".replace(".", self.habits.decimal_mark)
            case "choice":
                label = next((each.label for each in self.before.choices if each.value == raw), raw)
                return label.said(language) if isinstance(label, OwnWords) else str(label)
        return str(raw)


def _called(choice: Mapping[str, Any]) -> set[str]:
    return {str(word).casefold() for word in choice["labels"].values()}


def _value(label: str, taken: set[str]) -> str:
    word = slug(label)
    name = word if word[:1].isalpha() else f"c_{word}".rstrip("_")
    names = [name, *(f"{name}_{number}" for number in range(2, len(taken) + 3))]
    return next(each for each in names if each not in taken)


def wish(now_there: FieldWish, kind: str, choices: list[dict[str, Any]], key: str) -> FieldWish:
    """The field as it is to be: what does not go with the new kind is given up."""
    keeps = kind in ("choice", "choices")
    return replace(
        now_there,
        kind=kind,
        key=key,
        choices=tuple(choices or now_there.choices) if keeps else (),
        is_unique=False,
        is_searchable=now_there.is_searchable and kind in SEARCHABLE,
        is_sortable=now_there.is_sortable and kind not in UNSORTED,
        default_value=None,
        is_parent=now_there.is_parent if kind == "relation" else None,
        decimals=None,
        minimum=None,
        maximum=None,
    )


def wish_back(now_there: FieldWish, before: FieldWish, key: str) -> FieldWish:
    """The field as it was before another change of kind, in the words and with the place that it has now."""
    told = {name: getattr(before, name) for name in _OF_KIND}
    return replace(now_there, **told, key=key)


# What goes with the kind of a field, and comes back with it.
_OF_KIND = (
    "kind", "choices", "is_unique", "is_searchable", "is_sortable", "is_parent", "default_value",
    "decimals", "minimum", "maximum",
)  # fmt: skip


def next_key(name: str, job_id: UUID) -> str:
    """Where that job lays the values of the field: no field has a name with ~ in it."""
    return f"{name}~{job_id.hex[-12:]}"


def given_up(now_there: FieldWish, kind: str) -> list[str]:
    """What holds for the field no more when it is of that kind: names of what it was wished to be."""
    after = wish(now_there, kind, [], "")
    names = (
        "is_unique", "is_searchable", "is_sortable", "is_parent", "default_value", "minimum", "maximum",
    )  # fmt: skip
    return [name for name in names if getattr(now_there, name) and not getattr(after, name)]
