"""What a person decided about an import; it travels as JSON with the job and with saved mappings."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal, get_args

from app.core.errors import Invalid
from app.core.text import N_
from app.domain.imports.rules.dates import Order
from app.domain.imports.rules.limits import DELIMITERS, ENCODINGS
from app.domain.imports.rules.numbers import Point
from app.domain.imports.rules.records import Format
from app.domain.imports.rules.words import CLEAR

Mode = Literal["both", "create", "update", "skip"]
Match = Literal["auto", "external", "id", "email", "number", "sku", "domain", "name", "parts", "none"]

# What becomes of a new row that looks like a record which is there, though no key says so.
Doubtful = Literal["create", "review", "skip"]

MODES: tuple[str, ...] = get_args(Mode)
DOUBTFUL: tuple[str, ...] = get_args(Doubtful)
MATCHES: tuple[str, ...] = get_args(Match)
DEFAULT_SYSTEM = "file"
_TEXT_LIMIT = 200
# What the database cannot keep as text: zero bytes, and halves of letters that JSON lets through.
_NO_TEXT = re.compile(r"[\x00\ud800-\udfff]")


@dataclass(frozen=True)
class Column:
    """Where one column goes; an empty `target` leaves it out.

    `by` is the key by which a relation is found, `system` names whose external ids these are, `create` makes
    what a relation does not find, `invert` turns yes into no, `percent` reads 15 as 0.15.
    """

    name: str
    target: str = ""
    by: str = ""
    system: str = ""
    order: Order = "ymd"
    order_certain: bool = True
    point: Point = "."
    create: bool = False
    invert: bool = False
    percent: bool = False


@dataclass(frozen=True)
class Plan:
    """Everything that a run needs to know beside the file's bytes.

    `match` decides how rows find the records they are about, `is_quiet` that history opens no incident and
    tells nobody. A mended file is one of refused rows that comes back: its cells lose their armour.
    """

    object: str
    columns: tuple[Column, ...]
    format: Format = field(default_factory=Format)
    mode: Mode = "both"
    match: Match = "auto"
    clear_word: str = CLEAR
    is_quiet: bool = True
    is_mended: bool = False
    doubtful: Doubtful = "create"

    def column(self, target: str) -> Column | None:
        """The column that goes to `target`."""
        return next((column for column in self.columns if column.target == target), None)

    def as_json(self) -> dict[str, Any]:
        """The plan as plain JSON."""
        return asdict(self)


def plan_from_json(data: Mapping[str, Any]) -> Plan:
    """The plan that `as_json` wrote, or that came from outside; raises Invalid for what is unknown."""
    shape = data.get("format") or {}
    return Plan(
        object=_text(data, "object"),
        columns=tuple(_column(item) for item in _list(data, "columns")),
        format=Format(
            encoding=_one_of(shape, "encoding", tuple(ENCODINGS), "utf-8"),
            delimiter=_one_of(shape, "delimiter", tuple(DELIMITERS), ","),
            newline=_one_of(shape, "newline", ("\n", "\r"), "\n"),
            has_header=bool(shape.get("has_header", True)),
            start=int(shape.get("start", 0)),
        ),
        mode=_one_of(data, "mode", MODES, "both"),
        doubtful=_one_of(data, "doubtful", DOUBTFUL, "create"),
        match=_one_of(data, "match", MATCHES, "auto"),
        clear_word=_text(data, "clear_word", CLEAR),
        is_quiet=bool(data.get("is_quiet", True)),
        is_mended=bool(data.get("is_mended", False)),
    )


def _column(item: Any) -> Column:
    if not isinstance(item, Mapping):
        raise Invalid.one(
            "columns", "type", N_("A column of a mapping is an object with a name and a target.")
        )
    return Column(
        name=_text(item, "name"),
        target=_text(item, "target"),
        by=_text(item, "by"),
        system=_text(item, "system"),
        order=_one_of(item, "order", get_args(Order), "ymd"),
        order_certain=bool(item.get("order_certain", True)),
        point=_one_of(item, "point", get_args(Point), "."),
        create=bool(item.get("create", False)),
        invert=bool(item.get("invert", False)),
        percent=bool(item.get("percent", False)),
    )


def remembered(plan: Plan) -> dict[str, dict[str, Any]]:
    """What a saved mapping keeps of a plan, by the name of the column."""
    kept = ("target", "by", "system", "create", "invert")
    return {
        column.name: {key: value for key, value in asdict(column).items() if key in kept}
        for column in plan.columns
    }


def recall(columns: tuple[Column, ...], saved: Mapping[str, Mapping[str, Any]]) -> tuple[Column, ...]:
    """`columns` with what was saved for their names; names that were not saved keep what was guessed."""
    return tuple(
        replace(column, **dict(saved[column.name])) if column.name in saved else column for column in columns
    )


def _list(data: Mapping[str, Any], key: str) -> list[Any]:
    value = data.get(key) or []
    if not isinstance(value, list | tuple):
        raise Invalid.one(key, "type", N_("This has to be a list."))
    return list(value)


def _text(data: Mapping[str, Any], key: str, default: str = "") -> str:
    value = data.get(key, default)
    if not isinstance(value, str) or len(value) > _TEXT_LIMIT or _NO_TEXT.search(value):
        raise Invalid.one(key, "type", N_("This has to be a short text."))
    return value


def _one_of(data: Mapping[str, Any], key: str, allowed: tuple[str, ...], default: str) -> Any:
    value = data.get(key) or default
    if value not in allowed:
        raise Invalid.one(key, "choice", N_("“%(value)s” is not a choice here."), value=str(value)[:40])
    return value
