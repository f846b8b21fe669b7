"""A tenant that is brought back from outside: a schema and a catalogue's row that nobody can enter yet."""

from collections.abc import Collection, Sequence
from uuid import UUID

import psycopg

from tenants import catalogue, names, owner, placing, revisions
from tenants.context import Tenant
from tenants.copying import layout, site, structure
from tenants.copying.layout import Standing, Table
from tenants.copying.structure import PutAside
from tenants.driver import run_string
from tenants.engines import engines
from tenants.owner import Connection
from tenants.provisioning import SlugTaken

# Before `open_doors` the state is one whose doors are closed and whose jobs wait.
_ENTER = """
INSERT INTO kith.tenants
       (slug, name, region, cell_id, bucket_id, schema_name, state, schema_rev, plan_id, claimed_at)
SELECT %(slug)s, %(name)s, c.region, c.id, b.id, %(schema)s, 'moving', %(revision)s,
       (SELECT id FROM kith.plans WHERE id = %(plan)s), now()
  FROM kith.cells c JOIN kith.buckets b ON b.cell_id = c.id
 WHERE c.id = %(cell)s AND b.login_role = %(login)s
RETURNING id
"""
_OPEN = """
UPDATE kith.tenants SET state = 'active', schema_rev = %s, state_changed_at = now()
 WHERE id = %s AND state = 'moving'
"""


def knows(revision: str) -> bool:
    """Whether this release can build a schema at `revision`."""
    head = revisions.head("tenant")
    return revision == head or revision in revisions.older("tenant", head)


def prepare(slug: str, name: str, *, cell: str, schema: str, stands: Standing, plan: str | None) -> Tenant:
    """An empty tenant in `cell`, migrated as far as its rows are, closed; raises SlugTaken."""
    bucket = site.build(cell, schema, *stands)
    values = {"slug": slug, "name": name, "cell": cell, "schema": schema, "revision": stands.revision}
    try:
        with owner.connect(engines().control_url) as control:
            row = control.execute(_ENTER, {**values, "login": bucket.login, "plan": plan}).fetchone()
    except psycopg.errors.UniqueViolation as error:
        raise SlugTaken(slug) from error
    assert row is not None
    return _tenant(row[0])


def ready(target: Connection, tenant: Tenant, big: Collection[str]) -> tuple[list[Table], PutAside]:
    """The tables that rows may be written into in any order, and what is to be given back to them."""
    found = layout.tables(target, tenant.schema)
    return found, structure.put_aside(target, tenant.schema, big)


def complete(target: Connection, aside: PutAside, found: Sequence[Table]) -> None:
    """Rows are all there: indexes, foreign keys (every row is checked), statistics."""
    structure.build_indexes(target, aside)
    structure.add_foreign_keys(target, aside)
    structure.analyse(target, [table.name for table in found])


def upgrade(target: Connection, tenant: Tenant) -> None:
    """Bring the schema to this release's revision: what it does with the rows it may do from now on."""
    head = revisions.head("tenant")
    if tenant.schema_rev != head:
        with target.transaction():
            run_string(target, revisions.script(tenant.schema, tenant.schema_rev, head))


def open_doors(tenant: Tenant) -> Tenant:
    """Let people in."""
    with owner.connect(engines().control_url) as control:
        control.execute(_OPEN, [revisions.head("tenant"), tenant.id])
    return _tenant(tenant.id)


def give_up(schema: str, cell: str) -> None:
    """Remove what `prepare` made: schema, role, place in the bucket, and the row with what hangs on it."""
    site.remove(cell, names.tenant_name(schema))
    with owner.connect(engines().control_url) as control:
        control.execute("DELETE FROM kith.tenants WHERE schema_name = %s AND state = 'moving'", [schema])
    catalogue.forget()


def cell_for(region: str | None) -> str:
    """The cell that a company from outside is brought to where nobody named one."""
    return placing.emptiest(region)


def _tenant(tenant_id: UUID) -> Tenant:
    catalogue.forget()
    found = catalogue.by_id(tenant_id)
    assert found is not None
    return found
