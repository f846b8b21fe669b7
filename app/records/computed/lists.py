"""Fields of several records as formulas read them: without what lies in the trash, as they are told."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any
from uuid import UUID

from app.records import holding
from app.records.types import Field

Living = Mapping[str, Collection[UUID]]


def living(fields: Iterable[Field], rows: Collection[Mapping[str, Any]]) -> Living:
    """Of what these fields of the rows hold the records outside the trash; one statement a field."""
    return {
        each.name: holding.living(each, {i for row in rows for i in holding.ids_of(row.get(each.name))})
        for each in fields
    }


def told(values: Mapping[str, Any], there: Living) -> Mapping[str, Any]:
    """The values of a record with lists of what is there."""
    return {**values, **{name: holding.among(values.get(name), ids) for name, ids in there.items()}}
