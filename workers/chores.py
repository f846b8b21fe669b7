"""What has to be done now and then, for nobody in particular."""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from uuid import UUID

import psycopg
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from app.core import redis, spool
from app.core.outbox import CONTROL_TABLE, TENANT_TABLE
from app.domain.jobs import slices
from app.domain.lifecycle import deleting, importing, taking, unconfirmed
from app.domain.plans import policy
from app.domain.upkeep.actions import JOB as UPKEEP
from tenants import catalogue, cells, owner, provisioning, runner, spares
from tenants.breaker import CellDown, cell_down
from tenants.context import Mode, Tenant, entered, transactions
from tenants.copying import moving
from tenants.engines import engines
from tenants.session import unit_of_work
from workers import accounts

log = logging.getLogger("kith.clock")

# After how long without a word somebody is taken for killed, who holds no lock on the work either.
MOVER_GONE_SECONDS, IMPORT_GONE_SECONDS, EXPORT_GONE_SECONDS = 5.0, 600.0, 86_400.0
KEPT_AFTER_MOVE_SECONDS = 7 * 86_400.0
# Cells that are asked at once whether they answer.
MOST_ASKED = 16

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
    "DELETE FROM kith.usages WHERE period < now() - interval '400 days'",
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
    spares.keep()


def watch_cells() -> None:
    """Ask every cell whether it answers, and write down which do not."""
    found = cells.names()
    with ThreadPoolExecutor(MOST_ASKED) as pool:
        for cell, is_up in zip(found, pool.map(_answers, found), strict=True):
            if cells.note(cell, is_up):
                log.warning("%s %s", cell, "answers again" if is_up else "does not answer")


def _answers(cell: str) -> bool:
    try:
        with owner.of_cell(cell, "kith watch") as connection:
            connection.execute("SELECT 1")
    except psycopg.OperationalError:
        return False
    return True


def sweep_claims() -> None:
    """Give back the addresses of sign-ups that were never finished."""
    for tenant in provisioning.abandoned_claims():
        log.warning("the sign-up of %s was never finished", tenant.slug)
        provisioning.release(tenant)


def flush_spool() -> None:
    """Write what pages have left in the spool."""
    for schema, kind in spool.pending():
        tenant, write = catalogue.by_schema(schema), spool.writer(kind)
        if tenant is not None and policy.of(tenant).jobs == "wait":
            continue  # nothing is written while it is copied
        try:
            for news in spool.taken(schema, kind):
                if tenant is not None and write is not None:
                    with entered(tenant), unit_of_work():
                        write(news)
        except redis.Away:
            return
        except Exception as error:
            # It lies aside and comes again; the other tenants' news are written meanwhile.
            unknown = cell_down(error) is None
            log.warning("the %s of %s waits: %s", kind, schema, error, exc_info=unknown)


def wind_upkeep() -> None:
    """Stage the daily upkeep of every workspace that has none waiting."""
    by_cell: dict[str, list[str]] = {}
    for tenant in catalogue.all_tenants():
        if policy.of(tenant).jobs == "run":
            by_cell.setdefault(tenant.cell, []).append(tenant.schema)

    def wind(connection: owner.Connection, cell: str) -> None:
        connection.execute(_WIND, {"schemas": by_cell.get(cell, []), "name": UPKEEP})

    _in_each_cell(wind)


def end_lost_jobs() -> None:
    """Tell whoever started a job that killed its workers again and again that it is given up."""

    def end(connection: owner.Connection, _: str) -> None:
        for row_id, schema, job_id in connection.execute(_LOST).fetchall():
            tenant = catalogue.by_schema(schema)
            if tenant is not None:
                _end_job(tenant, UUID(job_id))
            connection.execute(_FORGET, {"id": row_id})
        connection.execute(_OLD.format(table=TENANT_TABLE).encode())

    _in_each_cell(end)


def _end_job(tenant: Tenant, job_id: UUID) -> None:
    """A workspace that cannot be told keeps nobody else waiting: its job is given up all the same."""
    try:
        with entered(tenant), unit_of_work():
            slices.fail(job_id, slices.BROKE_OFF)
    except OperationalError:
        raise
    except Exception:
        log.exception("the end of job %s could not be told to %s", job_id, tenant.schema)


def _in_each_cell(act: Callable[[owner.Connection, str], None]) -> None:
    """Do `act` as the owner of every cell; one that is down or breaks off leaves the others theirs."""
    for cell in cells.names():
        try:
            with owner.of_cell(cell, "kith chores") as connection:
                act(connection, cell)
        except CellDown:
            # The watch says so, once.
            continue
        except Exception:
            log.exception("a chore failed in %s", cell)


def remove_closed() -> None:
    """Remove what is left of workspaces whose days are over, and of sign-ups that were never finished."""
    deleting.sweep()


def mend_moves() -> None:
    """Open companies again whose mover was killed, and remove what nobody takes up or goes back to."""
    for operation in moving.recover(MOVER_GONE_SECONDS):
        log.warning("the move of %s broke off: it is %s", operation.slug, operation.state)
    importing.clear_leftovers(seconds=IMPORT_GONE_SECONDS)
    taking.clear_leftovers(seconds=EXPORT_GONE_SECONDS)
    moving.confirm_old(KEPT_AFTER_MOVE_SECONDS)


def catch_up() -> None:
    """Migrate spares and companies that the release before made while it still ran beside this one."""
    report = runner.catch_up()
    if report.cells:
        log.info(
            "%s tenants of the release before were migrated, %s failed", report.migrated, len(report.failed)
        )


def remove_unconfirmed() -> None:
    """Tell the owners of workspaces that nobody confirmed and nobody uses, and days later remove these."""
    with unit_of_work(read_only=True):
        found = unconfirmed.quiet()
    for each in found:
        try:
            with unit_of_work():
                unconfirmed.advance(each)
        except Exception as error:
            unknown = cell_down(error) is None
            log.warning("the unused workspace %s waits: %s", each.tenant_id, error, exc_info=unknown)


def purge_control() -> None:
    """Remove from the control database what has run out some time ago."""
    with transactions(Mode()), engines().control.begin() as connection:
        for statement in (*_PURGES, _OLD.format(table=CONTROL_TABLE)):
            connection.execute(text(statement))


CHORES = (
    Chore("flush spool", 2, flush_spool),
    Chore("keep spares", 3, keep_spares),
    Chore("watch cells", 5, watch_cells),
    Chore("sweep claims", 60, sweep_claims),
    Chore("end lost jobs", 30, end_lost_jobs),
    Chore("remove closed workspaces", 20, remove_closed),
    Chore("mend moves", 10, mend_moves),
    Chore("catch up", 20, catch_up),
    Chore("wind upkeep", 600, wind_upkeep),
    Chore("remove unconfirmed workspaces", 3600, remove_unconfirmed),
    Chore("purge control", 900, purge_control),
    Chore("write usage", 10, accounts.write_usage),
    Chore("measure usage", 60, accounts.measure_usage),
    Chore("bill", 3600, accounts.bill),
)
