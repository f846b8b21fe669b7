"""Which records are worth comparing: those that agree in something, found by the database.

A key is SQL that says the same of two records which may be one. Never are all compared with all others: who
has a key in common with more than BLOCK others is told apart by his other keys.
"""

from collections.abc import Mapping
from functools import lru_cache
from uuid import UUID

from sqlalchemy import text

from app.domain.duplicates.names import JOINS, LEGAL_FORMS, SPELLINGS
from app.domain.duplicates.rules import Evidence
from app.records.plain import dumps
from app.records.types import ObjectType
from tenants.session import session

# The most records of one key that are compared with each other.
BLOCK = 25
# The most records that one record is compared with.
NEAR = 60
# About so many records are looked at in one pass.
PASS = 100_000

_SHARED = text(
    "SELECT array_agg(DISTINCT record_id) FROM identifiers"
    " WHERE object = :object AND is_live AND mod(abs(hashtext(value)::bigint), :parts) = :part"
    " GROUP BY kind, system, value HAVING count(DISTINCT record_id) BETWEEN 2 AND :most"
)
_HOLDERS = text(
    "SELECT found.record_id FROM json_to_recordset(CAST(:keys AS json)) AS key (kind text, value text)"
    " CROSS JOIN LATERAL (SELECT i.record_id FROM identifiers i WHERE i.kind = key.kind"
    " AND i.value = key.value AND i.object = :object AND i.is_live LIMIT :most) found"
)
# Alike in letters (trigrams), the likest first; the name may be a part of what is searched in.
_ALIKE = text(
    "SELECT s.record_id FROM search s WHERE s.object = :object AND :name OPERATOR(ext.<%) s.body"
    " ORDER BY ext.word_similarity(:name, s.body) DESC LIMIT :most"
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
    source = f"{described.source} t"
    statement = text(
        f"SELECT array_agg(id) FROM (SELECT t.id, {sql} AS key FROM {source} WHERE t.deleted_at IS NULL) k"  # noqa: S608
        " WHERE key <> '' AND mod(abs(hashtext(key)::bigint), :parts) = :part"
        " GROUP BY key HAVING count(*) BETWEEN 2 AND :most"
    )
    return [row[0] for row in session.execute(statement, {"part": part, "parts": parts, "most": BLOCK})]


def near(described: ObjectType, evidence: Evidence) -> list[UUID]:
    """Records that may be the same as one of which this is known."""
    found: dict[UUID, None] = {}
    wanted = {"object": described.name, "most": NEAR}
    pairs = [
        {"kind": kind, "value": value}
        for kind, values in (
            ("email", evidence.emails),
            ("phone", evidence.phones),
            ("domain", evidence.domains),
        )
        for value in values
    ]
    if pairs:
        found |= dict.fromkeys(session.scalars(_HOLDERS, {**wanted, "keys": dumps(pairs)}))
    name = " ".join(evidence.parts).strip() or evidence.form_and_rest[1]
    if len(name) >= 3:
        found |= dict.fromkeys(session.scalars(_ALIKE, {**wanted, "name": name[:100]}))
    found.pop(evidence.id, None)  # type: ignore[arg-type]
    return list(found)[: 2 * NEAR]


@lru_cache(maxsize=64)
def keys(described: ObjectType) -> Mapping[str, str]:
    """The keys of the object's records, by name: SQL over a row `t`, empty where a part is missing."""
    has = described.by_name.keys()
    is_person = {"first_name", "last_name"} <= has
    name = _plain("t.last_name") if is_person else _company(f"t.{described.title}")
    first = _plain("t.first_name") if is_person else "''"
    made = {"skeleton": f"left({_skeleton(name)}, 8) || left({first}, 2)"}
    if is_person:
        made["name"] = f"least({first}, {name}) || ' ' || greatest({first}, {name})"
    else:
        made["name"] = name
    if "postcode" in has:
        made["postcode"] = _all(f"left({name}, 3)", _plain("t.postcode"), f"left({first}, 1)")
        if is_person:
            made["first name"] = _all(f"left({first}, 4)", _plain("t.postcode"))
    if "city" in has:
        made["city"] = _all(f"left({name}, 4)", _plain("t.city"), f"left({first}, 1)")
    if {"street", "postcode"} <= has:
        made["street"] = _all(f"left({_plain('t.street')}, 10)", _plain("t.postcode"))
    if "birthday" in has:
        made["birthday"] = _all("to_char(t.birthday, 'YYYYMMDD')", f"left({name}, 2)")
        made["birthday and first name"] = _all("to_char(t.birthday, 'YYYYMMDD')", f"left({first}, 2)")
    return made


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
