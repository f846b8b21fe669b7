"""What has to be done now and then, for nobody in particular."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select

from app.core import redis, spool
from tenants import catalogue, provisioning
from tenants.context import Mode, entered, transactions
from tenants.engines import engines
from tenants.models import TenantRecord
from tenants.session import unit_of_work

log = logging.getLogger("kith.clock")

FEWEST_SPARES = 20
SPARES_AT_ONCE = 2


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


CHORES = (
    Chore("flush spool", 2, flush_spool),
    Chore("keep spares", 3, keep_spares),
    Chore("sweep claims", 60, sweep_claims),
)
