"""How a field that is worked out is described, and how it lies in `fields`. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

Aggregate = Literal["count", "sum", "min", "max", "latest"]
AGGREGATES: tuple[Aggregate, ...] = ("count", "sum", "min", "max", "latest")
KINDS = ("formula", "rollup")
# Beside the value in `custom`: why there is none.
WHY = "!"


@dataclass(frozen=True)
class FormulaOf:
    """A field whose value `source` gives, out of the record's other fields."""

    source: str


@dataclass(frozen=True, eq=False)
class RollUp:
    """A field whose value comes of the records of `object` whose `field` points here.

    `of` is their field that is summed up, compared or taken; `by` says which is the latest; `where` is a
    filter on them as JSON.
    """

    aggregate: Aggregate
    object: str
    field: str
    of: str | None = None
    by: str | None = None
    where: Mapping[str, Any] | None = None

    @property
    def names(self) -> frozenset[str]:
        """The fields of those records that it reads, the relation apart."""
        named = {each for each in (self.of, self.by) if each}
        return frozenset(named | set(fields_of(self.where)))


Computed = FormulaOf | RollUp


def kind_of(row: Mapping[str, Any]) -> Any:
    """The kind of the values of a row of `fields`: of what is worked out, what it gives."""
    return row["options"].get("result") or "text" if row["kind"] in KINDS else row["kind"]


def of_row(row: Mapping[str, Any]) -> Computed | None:
    """What works out the field of a row of `fields`; None where people fill it."""
    options = row["options"]
    if row["kind"] == "formula":
        return FormulaOf(options.get("expression") or "")
    return rollup_of(options.get("rollup") or {}) if row["kind"] == "rollup" else None


def rollup_of(told: Mapping[str, Any]) -> RollUp:
    """The roll-up as JSON tells it."""
    return RollUp(
        told.get("aggregate", "count"),
        told.get("object", ""),
        told.get("field", ""),
        told.get("of") or None,
        told.get("by") or None,
        told.get("where") or None,
    )


def fields_of(where: Any) -> Iterator[str]:
    """Names of the fields that a filter in JSON asks for."""
    if not isinstance(where, Mapping):
        return
    for word in ("and", "or"):
        for part in where.get(word) or ():
            yield from fields_of(part)
    yield from fields_of(where.get("not"))
    if isinstance(where.get("field"), str):
        yield where["field"]
