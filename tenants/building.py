"""Building a tenant's schema and role in its cell, as the owner, in one string."""

import secrets
import threading
from typing import Any, NamedTuple
from uuid import UUID

import psycopg
from psycopg import sql
from sqlalchemy import make_url

from tenants import names, owner, pooling, revisions
from tenants.driver import run_string
from tenants.engines import engines

BUCKET_SIZE = 100
CONNECTIONS_PER_BUCKET = 64
STALE_MINUTES = 10

_BUCKETS_LOCK = 6_011_004
_FILL_LOCK = 6_011_005

# A rush of sign-ups must not take all of the server's connections.
_slots = threading.BoundedSemaphore(4)

Control = psycopg.Connection[Any]


class Bucket(NamedTuple):
    id: UUID
    login: str


def build(cell: str) -> str:
    """Build one spare in `cell`; its schema's name."""
    here = engines()
    cell_url = here.cell_url(cell)
    with _slots, owner.of_cell(cell) as target, owner.connect(here.control_url) as control:
        return _build(control, target, cell, cell_url)


def fill(cell: str, wanted: int) -> int:
    """Build until `cell` has `wanted` spares; 0 where somebody else is filling it."""
    here = engines()
    cell_url = here.cell_url(cell)
    with owner.of_cell(cell) as target, owner.connect(here.control_url) as control:
        if not _try_lock(target, _FILL_LOCK):
            return 0
        with owner.letting_go(target):
            _mend(control, target, cell)
            missing = max(wanted - _count_spares(control, cell), 0)
            for _ in range(missing):
                _build(control, target, cell, cell_url)
            return missing


def _build(control: Control, target: Control, cell: str, cell_url: str) -> str:
    schema, head = names.new_schema(), revisions.head("tenant")
    bucket = bucket_with_room(control, target, cell, cell_url)
    control.execute(
        "INSERT INTO kith.tenants (cell_id, bucket_id, schema_name, region)"
        " SELECT id, %s, %s, region FROM kith.cells WHERE id = %s",
        [bucket.id, schema, cell],
    )
    run_string(target, creation(schema, bucket.login, head))
    control.execute(
        "UPDATE kith.tenants SET state = 'spare', schema_rev = %s WHERE schema_name = %s", [head, schema]
    )
    return schema


def creation(
    schema: str,
    login: str,
    revision: str,
    *,
    role: str = "CREATE ROLE {} NOLOGIN NOINHERIT;",
    is_seeded: bool = True,
) -> str:
    """SQL that builds `schema` at `revision`: one string, one round trip, one transaction.

    The grant to the login is made now, never at sign-up: every grant of a role makes every backend read its
    memberships anew. `role` is empty where the role stands already. With `is_seeded` what every company
    begins with is in it; without, all rows come from elsewhere.
    """
    seeds = revisions.seeds(revision) if is_seeded else ""
    name = names.tenant_name(schema)
    return (
        f"BEGIN; {role.format(name)} CREATE SCHEMA {name}; "
        f"GRANT USAGE ON SCHEMA {name} TO {name};\n{revisions.script(name, None, revision)}{seeds}"
        f"GRANT {name} TO {names.login_name(login)} WITH INHERIT FALSE, SET TRUE; COMMIT"
    )


def bucket_with_room(control: Control, target: Control, cell: str, cell_url: str) -> Bucket:
    """A place in a bucket of `cell`, counted as taken; makes a bucket where all are full."""
    with control.transaction():
        control.execute("SELECT pg_advisory_xact_lock(%s)", [_BUCKETS_LOCK])
        row = control.execute(
            "UPDATE kith.buckets SET tenants_count = tenants_count + 1 WHERE id ="
            " (SELECT id FROM kith.buckets WHERE cell_id = %s AND tenants_count < %s"
            "  ORDER BY created_at LIMIT 1) RETURNING id, login_role",
            [cell, BUCKET_SIZE],
        ).fetchone()
        return Bucket(*row) if row else _new_bucket(control, target, cell, cell_url)


def _new_bucket(control: Control, target: Control, cell: str, cell_url: str) -> Bucket:
    login, password = names.new_login(), secrets.token_urlsafe(32)
    database = names.plain_name(str(make_url(cell_url).database))
    rights = f"LOGIN NOINHERIT CONNECTION LIMIT {CONNECTIONS_PER_BUCKET} PASSWORD "
    statement = sql.SQL(f"CREATE ROLE {{}} {rights}{{}}")
    secret = pooling.verifier(target, login, password)
    target.execute(statement.format(sql.Identifier(login), sql.Literal(secret)))
    pooling.tell(target, login, secret)
    run_string(
        target,
        f"GRANT CONNECT ON DATABASE {database} TO {login};"
        f"ALTER ROLE {login} SET search_path = pg_catalog;"
        f"ALTER ROLE {login} SET idle_in_transaction_session_timeout = '5min'",
    )
    row = control.execute(
        "INSERT INTO kith.buckets (cell_id, login_role, password_encrypted, tenants_count)"
        " VALUES (%s, %s, %s, 1) RETURNING id, login_role",
        [cell, login, engines().vault.seal(password)],
    ).fetchone()
    assert row is not None
    return Bucket(*row)


def _mend(control: Control, target: Control, cell: str) -> None:
    """A builder that died left its row 'building': a spare where the schema stands, else nothing."""
    rows = control.execute(
        "SELECT schema_name FROM kith.tenants WHERE cell_id = %s AND state = 'building'"
        " AND created_at < now() - make_interval(mins => %s)",
        [cell, STALE_MINUTES],
    ).fetchall()
    for (schema,) in rows:
        rev = target.execute("SELECT rev FROM kith.tenant_rev WHERE schema_name = %s", [schema]).fetchone()
        if rev:
            control.execute(
                "UPDATE kith.tenants SET state = 'spare', schema_rev = %s WHERE schema_name = %s",
                [rev[0], schema],
            )
        else:
            control.execute(
                "WITH gone AS (DELETE FROM kith.tenants WHERE schema_name = %s RETURNING bucket_id)"
                " UPDATE kith.buckets SET tenants_count = tenants_count - 1"
                " WHERE id IN (SELECT bucket_id FROM gone)",
                [schema],
            )


def _count_spares(control: Control, cell: str) -> int:
    row = control.execute(
        "SELECT count(*) FROM kith.tenants WHERE cell_id = %s AND state = 'spare' AND schema_rev <> ALL (%s)",
        [cell, revisions.behind()],
    ).fetchone()
    return int(row[0]) if row else 0


def _try_lock(connection: Control, key: int) -> bool:
    row = connection.execute("SELECT pg_try_advisory_lock(%s)", [key]).fetchone()
    return bool(row and row[0])
