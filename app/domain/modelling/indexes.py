"""The indexes that a company wants on a field: to sort by, and on its own for unique values and relations."""

from collections.abc import Mapping
from hashlib import blake2s

from app.records.sources import TEXTS, expression
from tenants.indexing import Index, Spread


def of(table: str, only: str | None, kind: str, key: str, *, is_custom: bool = True) -> Mapping[str, Index]:
    """Each index that the field whose values lie under `key` could have, by what it is for.

    `only` is the object, where several share the table. A field that Kith brings is a column; beside what it
    has it can have one to sort by.
    """
    value = expression(kind, key) if is_custom else key
    live = "deleted_at IS NULL" + (f" AND object = '{only}'" if only else "")
    order = _order(kind, value)
    mark = _mark(table, only, key)
    sorted_by = ", ".join((order, "id", *_BESIDE.get(table, ())))
    sort = Index(f"c_{mark}_sort", f"{table} ({sorted_by}) WHERE {live}")
    if not is_custom:
        return {"sort": sort}
    return {
        "sort": sort,
        "relation": Index(f"c_{mark}_relation", f"{table} {_pointing(kind, value)} WHERE {live}"),
        "unique": Index(f"c_{mark}_unique", f"{table} (lower({value})) WHERE {live}", is_unique=True),
        "found": Index(f"c_{mark}_found", f"{table} (({value})) WHERE {live}"),
    }


def spread(table: str, only: str | None, kind: str, key: str, *, is_custom: bool = True) -> Spread | None:
    """What the planner is to know of the field's values; None where it knows or nothing is compared."""
    if kind in _UNKNOWN or not (is_custom or kind in TEXTS):
        return None
    value = expression(kind, key) if is_custom else key
    compared = f"({value})" if kind in ("country", "currency") else _order(kind, value)
    return Spread(f"c_{_mark(table, only, key)}_spread", compared, table)


# What lists of these are filtered by stands in every index of their order (decision 0045).
_BESIDE = dict.fromkeys(
    ("companies", "contacts"), ("lifecycle", "country", "owner_id", "created_at", "updated_at")
)
# Of lists and long texts no value is looked for as a whole.
_UNKNOWN = frozenset({"longtext", "choices", "files", "relations", "emails", "phones", "address"})


def _pointing(kind: str, value: str) -> str:
    """How what points to a record is found: of several records by each of them."""
    return f"USING gin (({value}) jsonb_path_ops)" if kind == "relations" else f"(({value}))"


def _order(kind: str, value: str) -> str:
    return f"ext.sort_key({value})" if kind in TEXTS else f"({value})"


def _mark(table: str, only: str | None, key: str) -> str:
    return blake2s(f"{only or table}.{key}".encode(), digest_size=8).hexdigest()
