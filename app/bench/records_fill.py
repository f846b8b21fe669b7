"""A company with very many records, filled by COPY as its owner: rows, identifiers, search entries, facts."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import orjson
import psycopg

from app.bench import records_words as words
from app.bench.records_words import Firm, Person
from app.core.ids import new_id
from app.records import registry, search_index
from app.records.types import ObjectType
from app.records.values.reach import Known
from tenants.context import Tenant
from tenants.copying.links import opened
from tenants.driver import run_string
from tenants.engines import engines
from tenants.session import unit_of_work

FILLED = ("companies", "contacts", "identifiers", "search", "facts")
_INDEXES = (
    "SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index i"
    " WHERE i.indrelid = ANY(%s::regclass[]) AND NOT i.indisprimary"
)
_BESIDE = """
INSERT INTO identifiers (object, record_id, kind, value, display, is_primary, is_exclusive)
SELECT 'contacts', id, 'email', email, email, true, true FROM contacts WHERE email IS NOT NULL
UNION ALL SELECT 'contacts', id, 'phone', phone, phone, true, false FROM contacts WHERE phone IS NOT NULL
UNION ALL SELECT 'companies', id, 'domain', domain, domain, true, false FROM companies;
INSERT INTO search (object, record_id, title, subtitle, body, owner_id, updated_at)
SELECT object, record_id, title, subtitle, ' ' || ext.fold(body), owner_id, updated_at FROM entries;
INSERT INTO facts (actor_kind, door, verb, object, about, rows_count)
SELECT 'system', 'import', 'created', 'contacts', array_agg(id), count(*)
  FROM (SELECT id, row_number() OVER () / 2000 AS slice FROM contacts) AS sliced GROUP BY slice;
DROP TABLE entries;
"""
_ENTRIES = "CREATE TEMP TABLE entries (LIKE search INCLUDING DEFAULTS)"
_FIRM = (
    "id name number domain street postcode city country lifecycle industry created_at updated_at owner_id"
).split()
_PERSON = (
    "id first_name last_name title email phone company_id street postcode city country lifecycle birthday"
    " created_at updated_at owner_id custom"
).split()
_ENTRY = "object record_id title subtitle body owner_id updated_at".split()


def fill(tenant: Tenant, contacts: int, companies: int, members: Sequence[UUID]) -> None:
    """So many records in an empty company, owned in part by `members`; each person owns as many."""
    with unit_of_work(read_only=True):  # nothing of it stays open for as long as filling takes
        firm, person = registry.get("companies"), registry.get("contacts")
    with opened(engines().cell_url(tenant.cell), tenant.schema) as owner:
        run_string(owner, f"SET maintenance_work_mem = '512MB'; SET work_mem = '128MB'; {_ENTRIES}")
        with without_indexes(owner, FILLED):
            ids = _firms(owner, firm, companies, members)
            _people(owner, person, contacts, ids, members)
            run_string(owner, f"BEGIN; {_BESIDE} COMMIT")
        run_string(owner, f"VACUUM ANALYZE {', '.join(FILLED)}")


@contextmanager
def without_indexes(owner: psycopg.Connection[Any], tables: Sequence[str]) -> Iterator[None]:
    """Indexes are built at the end: one sorted pass over all in place of one descent for each row."""
    known = owner.execute(_INDEXES, [list(tables)]).fetchall()
    for name, _ in known:
        run_string(owner, f"DROP INDEX {name}")
    yield
    for _, definition in known:
        run_string(owner, definition)


def _firms(
    owner: psycopg.Connection[Any], described: ObjectType, number: int, members: Sequence[UUID]
) -> list[UUID]:
    ids = [new_id() for _ in range(number)]

    def rows() -> Iterator[tuple[Any, ...]]:
        for place, (own, each) in enumerate(zip(ids, words.firms(number), strict=True)):
            stamp = each.created_at
            yield (
                own, each.name, each.number, each.domain, each.street, each.postcode, each.city, each.country,
                each.lifecycle, each.industry, stamp, stamp, _owner(place, members),
            )  # fmt: skip

    _copy(owner, "companies", _FIRM, rows())
    entries = (
        _entry(described, own, _found_firm(each), _owner(place, members), each.created_at)
        for place, (own, each) in enumerate(zip(ids, words.firms(number), strict=True))
    )
    _copy(owner, "entries", _ENTRY, entries)
    return ids


def _people(
    owner: psycopg.Connection[Any],
    described: ObjectType,
    number: int,
    firms: Sequence[UUID],
    members: Sequence[UUID],
) -> None:
    ids = [new_id() for _ in range(number)]

    def rows() -> Iterator[tuple[Any, ...]]:
        for place, (own, each) in enumerate(zip(ids, words.people(number, len(firms)), strict=True)):
            yield (
                own, each.first, each.last, each.title or None, each.email, each.phone,
                None if each.firm is None else firms[each.firm], each.street, each.postcode, each.city,
                each.country, each.lifecycle, each.birthday, each.created_at, each.updated_at,
                _owner(place, members), orjson.dumps(each.custom).decode(),
            )  # fmt: skip

    _copy(owner, "contacts", _PERSON, rows())
    entries = (
        _entry(described, own, _found_person(each), _owner(place, members), each.updated_at)
        for place, (own, each) in enumerate(zip(ids, words.people(number, len(firms)), strict=True))
    )
    _copy(owner, "entries", _ENTRY, entries)


def _owner(place: int, members: Sequence[UUID]) -> UUID | None:
    """Every third record is nobody's."""
    return members[place % len(members)] if place % 3 else None


def _found_firm(firm: Firm) -> Mapping[str, Any]:
    return {"name": firm.name, "number": firm.number, "domain": firm.domain, "city": firm.city}


def _found_person(person: Person) -> Mapping[str, Any]:
    email, phone = person.email, person.phone
    return {
        "first_name": person.first,
        "last_name": person.last,
        "name": f"{person.first} {person.last}",
        "title": person.title,
        "city": person.city,
        "email": email,
        "emails": [Known(email, email)] if email else [],
        "phones": [Known(phone, phone)] if phone else [],
        **person.custom,
    }


def _entry(
    described: ObjectType, record_id: UUID, values: Mapping[str, Any], owner_id: UUID | None, at: Any
) -> tuple[Any, ...]:
    row = search_index.entry(described, record_id, {**values, "owner_id": owner_id})
    return (*(row[name] for name in _ENTRY[:-1]), at)


def _copy(
    owner: psycopg.Connection[Any], table: str, names: Sequence[str], rows: Iterator[tuple[Any, ...]]
) -> None:
    with owner.cursor().copy(f"COPY {table} ({', '.join(names)}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
