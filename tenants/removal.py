"""The end of a tenant: removed from its cell and from the catalogue, for good."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from tenants import catalogue, inside, names, owner
from tenants.driver import run_string
from tenants.engines import engines

# Books and the operator's log stay, without the tenant in them.
KEPT = ("invoices", "operator_facts", "operations", "receipts")
# Somebody may still read: give way and come back.
LOCK_TIMEOUT = "2s"

# Claims that were given up have no slug and no grace; neither have rows without an instant.
_DUE = """
SELECT id, schema_name, cell_id, slug, name, coalesce(delete_after, now()) FROM kith.tenants
 WHERE state = 'deleting' AND (slug IS NULL OR delete_after <= now()) ORDER BY delete_after, id LIMIT %s
"""
_TABLES = (
    f"SELECT relname FROM pg_class WHERE oid IN ({inside.tables('to_regnamespace(%s)')})"  # noqa: S608
    " AND relkind = 'r' ORDER BY 1"
)
_LOGINS = """
SELECT m.rolname FROM pg_auth_members a
  JOIN pg_roles r ON r.oid = a.roleid JOIN pg_roles m ON m.oid = a.member
 WHERE r.rolname = %s AND m.rolname ~ '^b_[a-z2-7]{16}$'
"""
_OUTBOX = "DELETE FROM kith.outbox WHERE tenant = %s"
_REVISION = "DELETE FROM kith.tenant_rev WHERE schema_name = %s"

# Whoever belongs to no other workspace and runs no part of the installation goes too.
_PEOPLE = """
SELECT i.id, i.email FROM kith.identities i JOIN kith.memberships m ON m.identity_id = i.id
 WHERE m.tenant_id = %(id)s
   AND NOT EXISTS (SELECT FROM kith.memberships o WHERE o.identity_id = i.id AND o.tenant_id <> %(id)s)
   AND NOT EXISTS (SELECT FROM kith.operators o WHERE o.identity_id = i.id)
   AND NOT EXISTS (SELECT FROM kith.support_accesses s WHERE s.operator_id = i.id)
 ORDER BY i.id FOR UPDATE OF i
"""
_ERASE = (
    "DELETE FROM kith.control_outbox WHERE payload ->> 'to' = ANY (%(emails)s)"
    " OR payload ->> 'tenant_id' = %(id)s::text",
    "DELETE FROM kith.identities WHERE id = ANY (%(people)s)",
    # What was done and when stays in the operator's log; by whom and from where goes with the people.
    "UPDATE kith.operator_facts SET identity_id = NULL, address = '', details = '{}'"
    " WHERE identity_id = ANY (%(people)s)",
    "UPDATE kith.operator_facts SET tenant_id = NULL, address = '', details = '{}' WHERE tenant_id = %(id)s",
    "UPDATE kith.operations SET slug = '', data = '{}', error = NULL, state = CASE state WHEN 'running'"
    " THEN 'done' WHEN 'waiting' THEN 'cancelled' ELSE state END, finished_at = coalesce(finished_at, now())"
    " WHERE tenant_id = %(id)s",
    "WITH gone AS (DELETE FROM kith.tenants WHERE id = %(id)s RETURNING bucket_id)"
    " UPDATE kith.buckets SET tenants_count = tenants_count - 1 WHERE id IN (SELECT bucket_id FROM gone)",
)
_NAMING = """
SELECT table_name FROM information_schema.columns WHERE table_schema = 'kith' AND column_name = 'tenant_id'
 ORDER BY table_name
"""
_RECEIPT = """
INSERT INTO kith.receipts (id, tenant_id, slug_hash, removed) VALUES (%s, %s, sha256(%s::bytea), %s)
ON CONFLICT (id) DO NOTHING
"""
_MAIL = "INSERT INTO kith.control_outbox (queue, name, payload) VALUES ('mail', %s, %s)"


class StillInUse(Exception):
    """Somebody's transaction holds the tenant's tables; try again."""


@dataclass(frozen=True)
class Ending:
    """A tenant whose time has come; a claim that nobody finished has neither slug nor name."""

    id: UUID
    schema: str
    cell: str
    slug: str | None
    name: str | None
    due_at: Any


@dataclass(frozen=True)
class Catalogued:
    """Rows of the catalogue by table: what goes with the tenant, and what stays without naming it."""

    removed: Mapping[str, int]
    kept: Mapping[str, int]


@dataclass(frozen=True)
class Mail:
    """A job of the control outbox that sends a mail."""

    job: str
    payload: Mapping[str, Any]


def due(most: int = 100) -> list[Ending]:
    """Tenants whose grace is over, and claims that were given up."""
    with owner.connect(engines().control_url) as control:
        return [Ending(*row) for row in control.execute(_DUE, [most]).fetchall()]


def count(cell: str, schema: str) -> dict[str, int]:
    """Rows by table, those of waiting jobs among them; empty where the schema is gone."""
    found: dict[str, int] = {}
    with owner.connect(engines().cell_url(cell)) as target:
        for (table,) in target.execute(_TABLES, [names.tenant_name(schema)]).fetchall():
            query = sql.SQL("SELECT count(*) FROM {}.{}").format(
                sql.Identifier(schema), sql.Identifier(table)
            )
            found[table] = _number(target, query)
        waiting = sql.SQL("SELECT count(*) FROM kith.outbox WHERE tenant = {}").format(sql.Literal(schema))
        return {**found, "outbox": _number(target, waiting)} if found else {}


def drop(cell: str, schema: str) -> None:
    """Remove the schema with its role and its jobs from the cell; safe to repeat. Raises StillInUse.

    One schema a transaction: each takes hundreds of locks. The role stays where another cell of the same
    server needs it.
    """
    name = names.tenant_name(schema)
    with owner.connect(engines().cell_url(cell)) as target:
        try:
            with target.transaction():
                run_string(target, f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
                run_string(target, f"DROP SCHEMA IF EXISTS {name} CASCADE")
                target.execute(_OUTBOX, [name])
                target.execute(_REVISION, [name])
        except (psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected) as error:
            raise StillInUse(f"somebody is still at work in {name}") from error
        for (login,) in target.execute(_LOGINS, [name]).fetchall():
            run_string(target, f"REVOKE {name} FROM {names.login_name(login)}")
        with suppress(psycopg.errors.DependentObjectsStillExist):
            run_string(target, f"DROP ROLE IF EXISTS {name}")


def erase(
    ending: Ending,
    receipt_id: UUID,
    removed: Mapping[str, Any],
    mails: Sequence[Mail] = (),
) -> None:
    """Remove the tenant from the catalogue and leave the receipt, in one transaction; safe to repeat.

    Its place in the bucket is free again. Invoices stay without a tenant. `mails` go out afterwards.
    """
    with owner.connect(engines().control_url) as control, control.transaction():
        held = control.execute("SELECT FROM kith.tenants WHERE id = %s FOR UPDATE", [ending.id]).fetchone()
        if held is None:
            return
        people = control.execute(_PEOPLE, {"id": ending.id}).fetchall()
        told = {
            "id": ending.id,
            "people": [identity for identity, _ in people],
            "emails": [email for _, email in people],
        }
        for statement in _ERASE:
            control.execute(statement.encode(), told)
        if ending.slug is not None:
            values = [receipt_id, ending.id, ending.slug.encode(), Jsonb(dict(removed))]
            control.execute(_RECEIPT, values)
        for mail in mails:
            control.execute(_MAIL, [mail.job, Jsonb(dict(mail.payload))])
    catalogue.forget(ending.id)


def catalogued(tenant_id: UUID) -> Catalogued:
    """What the catalogue holds of the tenant."""
    counted: dict[str, int] = {}
    with owner.connect(engines().control_url) as control, control.transaction():
        for (table,) in control.execute(_NAMING.encode()).fetchall():
            query = sql.SQL("SELECT count(*) FROM kith.{} WHERE tenant_id = {}")
            counted[table] = _number(control, query.format(sql.Identifier(table), sql.Literal(tenant_id)))
        counted["identities"] = len(control.execute(_PEOPLE, {"id": tenant_id}).fetchall())
    kept = {name: number for name in KEPT if (number := counted.pop(name, 0))}
    return Catalogued({name: number for name, number in counted.items() if number}, kept)


def left(cell: str, schema: str) -> dict[str, int]:
    """What of the tenant its cell still has: nothing after `drop`."""
    queries = {
        "schema": "SELECT count(*) FROM pg_namespace WHERE nspname = {}",
        "role": "SELECT count(*) FROM pg_roles WHERE rolname = {}",
        "jobs": "SELECT count(*) FROM kith.outbox WHERE tenant = {}",
        "revision": "SELECT count(*) FROM kith.tenant_rev WHERE schema_name = {}",
    }
    with owner.connect(engines().cell_url(cell)) as target:
        return {
            kind: number
            for kind, query in queries.items()
            if (number := _number(target, sql.SQL(query).format(sql.Literal(schema))))
        }


def _number(connection: owner.Connection, query: sql.Composed) -> int:
    row = connection.execute(query).fetchone()
    return int(row[0]) if row else 0
