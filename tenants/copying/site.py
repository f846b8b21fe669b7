"""Where a copy is built in a cell, and how it is removed again."""

from collections.abc import Sequence
from contextlib import suppress

import psycopg

from tenants import building, names, owner
from tenants.building import Bucket
from tenants.driver import run_string
from tenants.engines import engines

_LOGINS = """
SELECT m.rolname FROM pg_auth_members a
  JOIN pg_roles r ON r.oid = a.roleid JOIN pg_roles m ON m.oid = a.member
 WHERE r.rolname = %s
"""
_GIVE_BACK = """
UPDATE kith.buckets SET tenants_count = tenants_count - 1 WHERE cell_id = %s AND login_role = ANY (%s)
RETURNING login_role
"""


def build(cell: str, schema: str, revision: str, later: Sequence[str]) -> Bucket:
    """An empty `schema` at `revision` in `cell`, with its role and a place in a bucket.

    `later` are the revisions whose later parts are done in the rows that will come. What an earlier try has
    left there is removed first.
    """
    remove(cell, schema)
    here = engines()
    url = here.cell_url(cell)
    with owner.connect(here.control_url) as control, owner.connect(url) as target:
        bucket = building.bucket_with_room(control, target, cell, url)
        stands = target.execute("SELECT FROM pg_roles WHERE rolname = %s", [schema]).fetchone()
        role = {"role": ""} if stands else {}
        run_string(target, building.creation(schema, bucket.login, revision, is_seeded=False, **role))
        target.execute("UPDATE kith.tenant_rev SET later = %s WHERE schema_name = %s", [list(later), schema])
    return bucket


def remove(cell: str, schema: str) -> None:
    """Remove `schema` from `cell` with its role, its jobs and its place in a bucket. Safe to repeat.

    The role stays where another cell of the same server needs it.
    """
    name, here = names.tenant_name(schema), engines()
    with owner.connect(here.cell_url(cell)) as target, owner.connect(here.control_url) as control:
        members = [login for (login,) in target.execute(_LOGINS, [name]).fetchall()]
        with target.transaction():
            run_string(target, f"DROP SCHEMA IF EXISTS {name} CASCADE")
            target.execute("DELETE FROM kith.outbox WHERE tenant = %s", [name])
            target.execute("DELETE FROM kith.tenant_rev WHERE schema_name = %s", [name])
        for (login,) in control.execute(_GIVE_BACK, [cell, members]).fetchall():
            run_string(target, f"REVOKE {name} FROM {names.login_name(login)}")
        with suppress(psycopg.errors.DependentObjectsStillExist):
            run_string(target, f"DROP ROLE IF EXISTS {name}")
