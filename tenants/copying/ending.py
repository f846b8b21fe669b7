"""How a move ends, also one whose mover was killed: over there where the catalogue says so, else undone."""

import logging
from typing import Any

from tenants import catalogue, operations, owner
from tenants.context import Tenant
from tenants.copying import fence, outbox, site
from tenants.copying.links import opened
from tenants.engines import engines
from tenants.operations import Operation

log = logging.getLogger("kith.tenants")

CONFIRM = "confirm"

_FREEZE = """
UPDATE kith.tenants SET state_before = state, state = 'moving', state_changed_at = now()
 WHERE id = %s AND cell_id = %s AND state NOT IN ('claimed', 'moving', 'deleting') RETURNING id
"""
_THAW = """
UPDATE kith.tenants
   SET state = coalesce(state_before, 'active'), state_before = NULL, state_changed_at = now()
 WHERE id = %s AND state = 'moving'
"""
_FLIP = """
UPDATE kith.tenants t
   SET cell_id = c.id, region = c.region, bucket_id = b.id, epoch = t.epoch + 1, schema_rev = %(revision)s,
       state = coalesce(t.state_before, 'active'), state_before = NULL, state_changed_at = now()
  FROM kith.cells c, kith.buckets b
 WHERE t.id = %(tenant)s AND t.state = 'moving' AND c.id = %(cell)s AND b.login_role = %(login)s
"""


class CannotMove(Exception):
    """The move is refused, or ended without effect: a sentence for operators. The tenant is where it was."""


def freeze(tenant: Tenant) -> None:
    """Doors answer 503 from now on and jobs wait."""
    with owner.connect(engines().control_url) as control:
        if control.execute(_FREEZE, [tenant.id, tenant.cell]).fetchone() is None:
            raise CannotMove(f"{tenant.name} changed its state meanwhile.")
    catalogue.forget(tenant)


def flip(tenant: Tenant, cell: str, login: str, revision: str) -> None:
    """The tenant is in `cell` and open: the one moment that divides here from there."""
    values = {"tenant": tenant.id, "cell": cell, "login": login, "revision": revision}
    with owner.connect(engines().control_url) as control:
        if control.execute(_FLIP, values).rowcount != 1:
            raise CannotMove(f"{tenant.name} changed its state meanwhile.")
    catalogue.forget(tenant)


def end(operation: Operation, error: str) -> Operation:
    """Bring a move that broke off to an end: settled if the tenant is over there, else undone and failed."""
    current = operations.by_id(operation.id) or operation
    if _is_there(current):
        return settle(current, {})
    undo(current)
    return operations.fail(current, error)


def settle(operation: Operation, data: dict[str, Any]) -> Operation:
    """The tenant is over there: jobs that came late follow; migrations pass by the rows that stay behind."""
    here, known = engines(), operation.data
    schema = known["schema"]
    with (
        opened(here.cell_url(known["from"]), schema) as source,
        opened(here.cell_url(known["to"]), schema) as target,
    ):
        outbox.hand_over(source, target, schema)
        source.execute("DELETE FROM kith.tenant_rev WHERE schema_name = %s", [schema])
    return operations.wait(operation, CONFIRM, data)


def undo(operation: Operation) -> None:
    """The tenant is where it was: rights, jobs and state as before, nothing over there."""
    here, known = engines(), operation.data
    schema = known["schema"]
    with opened(here.cell_url(known["from"]), schema) as source:
        fence.open_again(source, schema, known.get("rights", {}))
        with opened(here.cell_url(known["to"]), schema) as target:
            outbox.hand_over(target, source, schema)
    with owner.connect(here.control_url) as control:
        control.execute(_THAW, [operation.tenant_id])
    catalogue.forget()
    site.remove(known["to"], schema)


def _is_there(operation: Operation) -> bool:
    with owner.connect(engines().control_url) as control:
        query = "SELECT cell_id FROM kith.tenants WHERE id = %s"
        row = control.execute(query, [operation.tenant_id]).fetchone()
    return row is not None and row[0] == operation.data["to"]
