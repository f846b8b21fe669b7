"""The indexes on a field of a company's own: for sorting, for unique values, for relations. Pure."""

from collections.abc import Mapping
from hashlib import blake2s

from app.records.sources import TEXTS, expression
from tenants.indexing import Index


def of(table: str, only: str | None, kind: str, name: str) -> Mapping[str, Index]:
    """Each index that the field could have, by what it is for; `only`: the object, where several share it."""
    value = expression(kind, name)
    live = "deleted_at IS NULL" + (f" AND object = '{only}'" if only else "")
    key = f"ext.sort_key({value})" if kind in TEXTS else f"({value})"
    mark = blake2s(f"{only or table}.{name}".encode(), digest_size=8).hexdigest()
    return {
        "sort": Index(f"c_{mark}_sort", f"{table} ({key}, id) WHERE {live}"),
        "relation": Index(f"c_{mark}_relation", f"{table} (({value})) WHERE {live}"),
        "unique": Index(f"c_{mark}_unique", f"{table} (lower({value})) WHERE {live}", is_unique=True),
    }
