"""What is erased from the log of facts: done as the owner, because a tenant may only add to it."""

from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

from tenants import names, owner
from tenants.context import Tenant
from tenants.driver import run_string

LOCK_TIMEOUT = "5s"
# What is left of a journal without some records; None where nothing is.
Rewrite = Callable[[bytes], bytes | None]

_JOURNALS = (
    "SELECT v.id, v.journal FROM facts f JOIN fact_values v ON v.fact_id = f.id"
    " WHERE f.about && %s::uuid[] AND v.journal IS NOT NULL FOR UPDATE OF v"
)
_VALUES = (
    "DELETE FROM fact_values v USING facts f"
    " WHERE v.fact_id = f.id AND f.about && %s::uuid[] AND f.record_id = ANY(%s::uuid[])"
)
_WORDS = (
    "UPDATE facts SET title = '', data = '{}'"
    " WHERE about && %s::uuid[] AND record_id = ANY(%s::uuid[]) AND (title <> '' OR data <> '{}')"
)
# Ids are in the order of time, so that the oldest are found by them.
_EXPIRED = (
    "DELETE FROM fact_values WHERE id IN (SELECT v.id FROM fact_values v JOIN facts f ON f.id = v.fact_id"
    " WHERE v.created_at < %s AND NOT v.keeps_history"
    " AND NOT EXISTS (SELECT 1 FROM unnest(f.fields) AS name WHERE v.object || '.' || name = ANY(%s::text[]))"
    " ORDER BY v.id LIMIT %s)"
)


def forget(tenant: Tenant, ids: Sequence[UUID], rewrite: Rewrite) -> None:
    """Remove values and words about these records from all facts; that something happened stays told.

    Safe to repeat.
    """
    with owner.of_cell(tenant.cell, "kith erasing") as cell:
        run_string(cell, _settings(tenant))
        wanted = list(ids)
        with cell.transaction():
            for value_id, journal in cell.execute(_JOURNALS, [wanted]).fetchall():
                left = rewrite(bytes(journal))
                if left is None:
                    cell.execute("DELETE FROM fact_values WHERE id = %s", [value_id])
                else:
                    cell.execute("UPDATE fact_values SET journal = %s WHERE id = %s", [left, value_id])
            cell.execute(_VALUES, [wanted, wanted])
            cell.execute(_WORDS, [wanted, wanted])


def expire(tenant: Tenant, before: datetime, kept: Sequence[str], most: int) -> int:
    """Remove values of changes made before then, `most` at once, and say how many.

    Changes of fields that are `kept`, each as object.field, stay.
    """
    with owner.of_cell(tenant.cell, "kith erasing") as cell:
        run_string(cell, _settings(tenant))
        return cell.execute(_EXPIRED, [before, list(kept), most]).rowcount


def _settings(tenant: Tenant) -> str:
    return f"SET search_path = {names.tenant_name(tenant.schema)}, ext; SET lock_timeout = '{LOCK_TIMEOUT}'"
