"""What has to be done now and then, for nobody in particular."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, select, text

from app.core import redis, spool
from app.core.outbox import CONTROL_TABLE, TENANT_TABLE
from app.domain.jobs import slices
from app.domain.plans import policy
from app.domain.upkeep.actions import JOB as UPKEEP
from tenants import catalogue, provisioning
from tenants.context import Mode, entered, transactions
from tenants.driver import psycopg_url
from tenants.engines import engines
from tenants.models import TenantRecord
from tenants.session import unit_of_work
from workers.relay import connect

log = logging.getLogger("kith.clock")

FEWEST_SPARES = 20
SPARES_AT_ONCE = 2


_WIND = """
INSERT INTO kith.outbox (tenant, queue, name, key, due_at)
SELECT schema, 'bulk', %(name)s, %(name)s, now() + random() * interval '1 hour'
  FROM unnest(%(schemas)s::text[]) AS schema
    ON CONFLICT (tenant, key) WHERE key IS NOT NULL DO NOTHING
"""
_LOST = """
SELECT id, tenant, payload ->> 'job_id' FROM kith.outbox
 WHERE state = 'dead' AND losses > 0 AND payload ? 'job_id' LIMIT 100
"""
_FORGET = "DELETE FROM kith.outbox WHERE id = %(id)s"
_OLD = "DELETE FROM {table} WHERE state = 'dead' AND due_at < now() - interval '30 days'"
_PURGES = (
    "DELETE FROM kith.device_codes WHERE expires_at < now() - interval '1 day'",
    "DELETE FROM kith.one_time_codes WHERE expires_at < now() - interval '7 days'",
    "DELETE FROM kith.identity_sessions WHERE least(expires_at, revoked_at) < now() - interval '30 days'",
    "DELETE FROM kith.throttles WHERE window_started_at < now() - interval '2 days'",
)


@dataclass(frozen=True)
class Chore:
    """Something to `run` every so many seconds, outside any tenant, in an app context of its own."""

    name: str
    seconds: float
    run: Callable[[], None]


def keep_spares() -> None:
    """Build a few spares where they run low, so that sign-ups find one and nothing else is held up."""
    there, claimed = _spares()
    wanted = max(FEWEST_SPARES, 2 * claimed)
    if there < wanted:
        provisioning.ensure_spares(min(wanted, there + SPARES_AT_ONCE))


def _spares() -> tuple[int, int]:
    """Spares of the emptiest kind of cell, and tenants claimed within the last hour."""
    spare = TenantRecord.state == "spare"
    recent = TenantRecord.claimed_at > func.now() - timedelta(hours=1)
    statement = select(func.count().filter(spare), func.count().filter(recent)).select_from(TenantRecord)
    with transactions(Mode(read_only=True)), engines().control.begin() as connection:
        there, claimed = connection.execute(statement).one()
    return there, claimed


def sweep_claims() -> None:
    """Give back the addresses of sign-ups that were never finished."""
    for tenant in provisioning.abandoned_claims():
        log.warning("the sign-up of %s was never finished", tenant.slug)
        provisioning.release(tenant)


def flush_spool() -> None:
    """Write what pages have left in the spool."""
    for schema, kind in spool.pending():
        tenant, write = catalogue.by_schema(schema), spool.writer(kind)
        try:
            for news in spool.taken(schema, kind):
                if tenant is not None and write is not None:
                    with entered(tenant), unit_of_work():
                        write(news)
        except redis.Away:
            return


def wind_upkeep() -> None:
    """Stage the daily upkeep of every workspace that has none waiting."""
    for cell, schemas in _by_cell().items():
        with connect(psycopg_url(engines().cell_url(cell))) as owner:
            owner.execute(_WIND, {"schemas": schemas, "name": UPKEEP})


def _by_cell() -> dict[str, list[str]]:
    cells: dict[str, list[str]] = {}
    for tenant in catalogue.all_tenants():
        if policy.of(tenant).jobs != "drop":
            cells.setdefault(tenant.cell, []).append(tenant.schema)
    return cells


def end_lost_jobs() -> None:
    """Tell whoever started a job that killed its workers again and again that it is given up."""
    for cell in _by_cell():
        with connect(psycopg_url(engines().cell_url(cell))) as owner:
            for row_id, schema, job_id in owner.execute(_LOST).fetchall():
                tenant = catalogue.by_schema(schema)
                if tenant is not None:
                    with entered(tenant), unit_of_work():
                        slices.fail(UUID(job_id), slices.BROKE_OFF)
                owner.execute(_FORGET, {"id": row_id})
            owner.execute(_OLD.format(table=TENANT_TABLE).encode())


def purge_control() -> None:
    """Remove from the control database what has run out some time ago."""
    with transactions(Mode()), engines().control.begin() as connection:
        for statement in (*_PURGES, _OLD.format(table=CONTROL_TABLE)):
            connection.execute(text(statement))


CHORES = (
    Chore("flush spool", 2, flush_spool),
    Chore("keep spares", 3, keep_spares),
    Chore("sweep claims", 60, sweep_claims),
    Chore("end lost jobs", 30, end_lost_jobs),
    Chore("wind upkeep", 600, wind_upkeep),
    Chore("purge control", 900, purge_control),
)
