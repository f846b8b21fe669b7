"""From the forms for objects and fields to what the acts take, and what is wrong to where it stands."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from werkzeug.datastructures import ImmutableMultiDict

from app.domain.modelling.rules import LANGUAGES, RELATIONS, SEARCHABLE, UNIQUE, UNSORTED, FieldWish
from app.records import habits
from app.records.plain import plain
from app.records.types import Field, Kind
from app.records.values import Refused, read
from app.web.doors import actor
from app.web.modelling_choices import choices_of
from app.web.modelling_computed import asked as asked_computed

Form = ImmutableMultiDict[str, str]
SWITCHES = ("is_required", "is_unique", "is_searchable", "is_sortable", "is_personal", "keeps_history")
NUMBERS = ("decimals", "minimum", "maximum", "digits", "start")
NUMERIC: Mapping[str, Kind] = {"number": "number", "money": "money", "percent": "percent"}
# Of a field that Kith brings only these change.
OF_STANDARD = ("labels", "in_table", "is_sortable")


def words_of(form: Form) -> dict[str, dict[str, str]]:
    """The words for one and for several, by language."""
    return {each: _words(form, each) for each in ("singular", "plural")}


def wish_of(form: Form, kind: str, before: FieldWish | None = None) -> FieldWish:
    """What the form for a field of that kind asks for; what it does not ask stays as `before`."""
    asked: dict[str, Any] = {name: name in form and _is_possible(name, kind) for name in SWITCHES}
    asked |= {name: form.get(name, type=int) for name in NUMBERS}
    asked |= asked_computed(form, kind, before)
    asked["is_parent"] = True if kind == "relation" and "is_parent" in form else None
    asked["list_labels"] = _words(form, "list_labels") or None if kind in RELATIONS else None
    return replace(
        before or FieldWish(kind, {}),
        labels=_words(form, "labels"),
        help=_words(form, "help"),
        in_table="in_table" in form,
        visibility=form.get("visibility", "shared"),
        target=before.target if before else form.get("target"),
        default_value=_default(form, kind),
        prefix=form.get("prefix", "").strip() or None,
        choices=choices_of(form) if kind in ("choice", "choices") else (),
        **asked,
    )


def changes(wish: FieldWish, *, is_custom: bool) -> dict[str, Any]:
    """The values of a wish that a known field can take."""
    told = {name: getattr(wish, name) for name in asdict(wish)}
    fixed = {"kind", "name", "target", "is_numbered", "key"}
    return {name: told[name] for name in told if (name not in fixed if is_custom else name in OF_STANDARD)}


def placed(errors: Mapping[str, str]) -> dict[str, str]:
    """What is wrong, by the input that it stands at."""
    found: dict[str, str] = {}
    for path, message in errors.items():
        found.setdefault(_place(path), message)
    return found


def _place(path: str) -> str:
    if path in ("labels", "singular", "plural", "list_labels"):
        return f"{path}.en"
    return "choices" if path.startswith("choices") else path


def _words(form: Form, name: str) -> dict[str, str]:
    told = {language: " ".join(form.get(f"{name}.{language}", "").split()) for language in LANGUAGES}
    return {language: text for language, text in told.items() if text}


def _is_possible(name: str, kind: str) -> bool:
    if name == "is_unique":
        return kind in UNIQUE
    if name == "is_searchable":
        return kind in SEARCHABLE
    return name != "is_sortable" or kind not in UNSORTED


def _default(form: Form, kind: str) -> Any:
    """As the field keeps it: numbers as programs write them; what cannot be read is left to be refused."""
    if kind == "choices":
        return [value for value in form.getlist("default_value") if value] or None
    told = form.get("default_value", "").strip()
    if kind == "boolean":
        return {"true": True, "false": False}.get(told)
    if kind not in NUMERIC or not told:
        return told or None
    try:
        return plain(read(Field("default_value", NUMERIC[kind], ""), told, habits.of(actor())))
    except Refused:
        return told
