"""Which records are worth comparing: those that agree in something, found by the database.

A key is SQL that says the same of two records which may be one. Never are all compared with all others: who
has a key in common with more than BLOCK others is told apart by his other keys.
"""

from collections.abc import Mapping
from functools import lru_cache
from uuid import UUID

from sqlalchemy import text

from app.domain.duplicates.names import JOINS, LEGAL_FORMS, SPELLINGS
from app.records.types import ObjectType
from tenants.session import session

# The most records of one key that are compared with each other.
BLOCK = 12
# About so many records are looked at in one pass.
PASS = 100_000

_SHARED = text(
    "SELECT array_agg(DISTINCT record_id) FROM identifiers"
    " WHERE object = :object AND is_live AND mod(abs(hashtext(value)::bigint), :parts) = :part"
    " GROUP BY kind, system, value HAVING count(DISTINCT record_id) BETWEEN 2 AND :most"
)


def passes(described: ObjectType, rows: int) -> list[tuple[str, int, int]]:
    """The steps of a search through `rows` records: (key, part, parts); the key "" stands for identifiers."""
    parts = max(1, -(-rows // PASS))
    return [(key, part, parts) for key in ("", *keys(described)) for part in range(parts)]


def blocks(described: ObjectType, key: str, part: int, parts: int) -> list[list[UUID]]:
    """Records that have a key, or with the key "" an identifier, in common with few others."""
    if not key:
        wanted = {"object": described.name, "part": part, "parts": parts, "most": BLOCK}
        return [row[0] for row in session.execute(_SHARED, wanted)]
    sql = keys(described)[key]
    # Each part is worked out once a row: OFFSET 0 keeps the planner from repeating it wherever it is named.
    parts_of = ", ".join(
        f"{made} AS {name}" for name, made in _parts(described).items() if f"k.{name}" in sql
    )
    statement = text(
        f"SELECT array_agg(id) FROM (SELECT k.id, {sql} AS key FROM"  # noqa: S608 - the SQL is our own
        f" (SELECT t.id, {parts_of} FROM {described.source} t WHERE t.deleted_at IS NULL OFFSET 0) k"
        " OFFSET 0) k"
        " WHERE key <> '' AND mod(abs(hashtext(key)::bigint), :parts) = :part"
        " GROUP BY key HAVING count(*) BETWEEN 2 AND :most"
    )
    return [row[0] for row in session.execute(statement, {"part": part, "parts": parts, "most": BLOCK})]


@lru_cache(maxsize=64)
def keys(described: ObjectType) -> Mapping[str, str]:
    """The keys of the object's records, by name: SQL over a row `k` of parts, empty where one is missing."""
    has = _parts(described).keys()
    first = "k.first" if "first" in has else "''"
    made = {"skeleton": f"left({_skeleton('k.name')}, 8) || left({first}, 2)"}
    made["name"] = (
        "least(k.first, k.name) || ' ' || greatest(k.first, k.name)" if "first" in has else "k.name"
    )
    if "postcode" in has:
        made["postcode"] = _all("left(k.name, 3)", "k.postcode", f"left({first}, 1)")
    if {"postcode", "first"} <= has:
        made["first name"] = _all("left(k.first, 4)", "k.postcode")
    if "city" in has:
        made["city"] = _all("left(k.name, 4)", "k.city", f"left({first}, 1)")
    if {"street", "postcode"} <= has:
        made["street"] = _all("left(k.street, 10)", "k.postcode")
    if "born" in has:
        made["birthday"] = _all("k.born", "left(k.name, 2)")
        made["birthday and first name"] = _all("k.born", f"left({first}, 2)")
    return made


@lru_cache(maxsize=64)
def _parts(described: ObjectType) -> Mapping[str, str]:
    """What keys are made of, by name: SQL over a row `t` of the object."""
    has = described.by_name.keys()
    if {"first_name", "last_name"} <= has:
        made = {"name": _plain("t.last_name"), "first": _plain("t.first_name")}
    else:
        made = {"name": _company(f"t.{described.title}")}
    made |= {name: _plain(f"t.{name}") for name in ("street", "postcode", "city") if name in has}
    return made | ({"born": "coalesce(to_char(t.birthday, 'YYYYMMDD'), '')"} if "birthday" in has else {})


def _plain(column: str) -> str:
    """The text without accents, marks and spaces, umlauts either way."""
    sql = f"regexp_replace(ext.fold(coalesce({column}, '')), '[^0-9a-z]+', '', 'g')"
    for written, meant in SPELLINGS:
        sql = f"replace({sql}, '{written}', '{meant}')"
    return sql


def _company(column: str) -> str:
    """The same without the legal forms at its end."""
    forms = "|".join(sorted(LEGAL_FORMS | JOINS))
    lowered = f"regexp_replace(ext.fold(coalesce({column}, '')), '[.]', '', 'g')"
    stripped = f"regexp_replace({lowered}, '([^0-9a-z]+({forms}))+[^0-9a-z]*$', '')"
    return _plain(stripped)


def _skeleton(sql: str) -> str:
    """The consonants, doubled ones once, after the first letter."""
    rest = f"regexp_replace(substr({sql}, 2), '[aeiouyhw]', '', 'g')"
    return f"(left({sql}, 1) || regexp_replace({rest}, '(.)\\1+', '\\1', 'g'))"


def _all(first: str, second: str, third: str = "''") -> str:
    return f"CASE WHEN {first} = '' OR {second} = '' THEN '' ELSE {first} || ' ' || {second} || {third} END"
