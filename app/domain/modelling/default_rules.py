"""What a new record may begin with, by the kind of the field. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from app.core.errors import Problem
from app.core.text import N_
from app.records import defaults
from app.records.types import Choice, Field
from app.records.values import Refused

KINDS = frozenset(
    {
        *("text", "longtext", "number", "money", "percent", "date", "datetime", "boolean"),
        *("choice", "choices", "member", "url", "country", "address"),
    }
)
LONGEST = 300


def problems(
    kind: str, default: Any, choices: Sequence[Mapping[str, Any]], **limits: Any
) -> Iterator[Problem]:
    """What is wrong with a default; `limits` are those of numbers, as fields have them."""
    if default is None:
        return
    if kind not in KINDS or not isinstance(default, str | bool | list) or len(str(default)) > LONGEST:
        yield Problem("default_value", "not_possible", N_("A new record cannot begin with this."))
        return
    given = {name: limit for name, limit in limits.items() if limit is not None}
    field = Field(
        "default_value",
        "country" if kind == "address" else kind,  # type: ignore[arg-type]
        N_("A new record begins with"),
        choices=tuple(_choice(each) for each in choices),
        **given,
    )
    try:
        defaults.checked(field, default)
    except Refused as refused:
        yield Problem("default_value", refused.code, refused.message, {"field": field.label, **refused.data})


def _choice(told: Mapping[str, Any]) -> Choice:
    return Choice(str(told.get("value")), "", retired=bool(told.get("is_retired")))
