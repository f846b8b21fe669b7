"""From what people and programs write to what is stored, one reader for each kind of field."""

from collections.abc import Callable, Mapping
from typing import Any

from app.core.errors import Problem
from app.records.habits import Habits
from app.records.types import Field
from app.records.values import dates, numbers, reach, text, words
from app.records.values.refused import Refused

Reader = Callable[[Field, Any, Habits], Any]

_READERS: Mapping[str, Reader] = {
    "text": text.short,
    "longtext": text.long,
    "email": reach.email,
    "phone": reach.phone,
    "url": reach.url,
    "domain": reach.domain,
    "number": numbers.number,
    "money": numbers.money,
    "percent": numbers.percent,
    "date": dates.date_,
    "datetime": dates.datetime_,
    "boolean": words.boolean,
    "choice": words.choice,
    "choices": words.choices,
    "relation": words.record_id,
    "relations": words.records,
    "member": words.record_id,
    "country": words.country,
    "currency": words.currency,
    "emails": reach.emails,
    "phones": reach.phones,
    "external_ids": reach.external_ids,
    "autonumber": text.short,
    "files": words.files,
}


def read(field: Field, raw: Any, habits: Habits) -> Any:
    """The stored form of `raw` for `field`, None where it is empty; raises Refused."""
    if raw is None or raw == "":
        return None
    return _READERS[field.kind](field, raw, habits)


def problem(field: Field, refused: Refused) -> Problem:
    """What to tell about a value that `read` refused."""
    return Problem(field.name, refused.code, refused.message, {"field": field.label, **refused.data})


__all__ = ["Refused", "problem", "read"]
