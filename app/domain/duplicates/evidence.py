"""What is known of records, read for many at once."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import any_, select

from app.domain.duplicates.rules import Evidence
from app.records.tables import array_of, identifiers
from app.records.types import IDENTIFIED, ObjectType
from app.records.values.reach import Known
from tenants.session import session

_TEXTS = {"given": "first_name", "family": "last_name", "street": "street"} | {
    name: name for name in ("postcode", "city", "country")
}
_OTHERS = {"birthday": "birthday", "company": "company_id", "parent": "parent_id"}
_SETS = {"email": "emails", "phone": "phones", "domain": "domains", "external": "externals"}


def load(described: ObjectType, ids: Sequence[UUID]) -> dict[UUID, Evidence]:
    """The evidence of these live records, by id."""
    table = described.table
    names = [name for name in (*_TEXTS.values(), *_OTHERS.values()) if name in described.by_name]
    columns = [table.c.id, table.c[described.title], *(table.c[name] for name in names)]
    here = (table.c.id == any_(array_of(ids)), table.c.deleted_at.is_(None))
    rows = session.execute(select(*columns).where(*here)).all()
    known = _identifiers(ids)
    return {
        row[0]: _made(row[0], row[1], dict(zip(names, row[2:], strict=True)), known[row[0]]) for row in rows
    }


def of_values(described: ObjectType, values: Mapping[str, Any], record_id: UUID | None = None) -> Evidence:
    """The evidence of values that were read already, as of a record that is being written."""
    sets: dict[str, set[str]] = defaultdict(set)
    for field in described.identified:
        for each in values.get(field.name) or ():
            sets[_SETS[IDENTIFIED[field.kind]]].add(_value(each))
    for one, many in (("email", "emails"), ("phone", "phones"), ("domain", "domains")):
        if values.get(one):
            sets[many].add(str(values[one]))
    return _made(record_id, values.get(described.title), values, sets)


def _value(known: Known) -> str:
    return f"{known.system}:{known.value}" if known.system else known.value


def _made(
    record_id: UUID | None, title: Any, values: Mapping[str, Any], sets: Mapping[str, set[str]]
) -> Evidence:
    known: dict[str, Any] = {name: str(values.get(column) or "") for name, column in _TEXTS.items()}
    known |= {name: values.get(column) for name, column in _OTHERS.items()}
    known |= {name: frozenset(sets.get(name, ())) for name in _SETS.values()}
    return Evidence(id=record_id, name=str(title or ""), **known)


def _identifiers(ids: Sequence[UUID]) -> Mapping[UUID, dict[str, set[str]]]:
    c = identifiers.c
    rows = session.execute(
        select(c.record_id, c.kind, c.system, c.value).where(c.record_id == any_(array_of(ids)), c.is_live)
    )
    found: dict[UUID, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for record_id, kind, system, value in rows:
        found[record_id][_SETS[kind]].add(f"{system}:{value}" if kind == "external" else value)
    return found
