"""Which records a bulk fact is about, out of its journal."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import any_, select

from app.records import journal
from app.records.tables import array_of, fact_values
from tenants.session import session


def rows_of(fact_ids: Sequence[UUID]) -> Mapping[UUID, Sequence[Mapping[str, Any]]]:
    """For each bulk fact its records as id, verb and version; none where the values were erased since."""
    if not fact_ids:
        return {}
    columns = (fact_values.c.fact_id, fact_values.c.journal)
    kept = fact_values.c.journal.is_not(None)
    found = session.execute(select(*columns).where(fact_values.c.fact_id == any_(array_of(fact_ids)), kept))
    return {row.fact_id: [_line(each) for each in journal.unpack(row.journal)] for row in found}


def _line(row: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"id": row["id"], "verb": row["verb"], "version": row["version"]}
