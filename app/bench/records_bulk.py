"""Figures of bulk changes: so many contacts changed at once and taken back, and the memory it takes."""

import resource
import time
from collections.abc import Callable, Iterator, Mapping
from uuid import UUID

from flask import Flask
from sqlalchemy import func, select

from app import config
from app.bench import aside as processes
from app.bench.foundation import Figure
from app.bench.records_ground import Office
from app.core.actor import Actor
from app.core.permissions import EVERYTHING
from app.core.queue import Again
from app.domain.bulk import actions, undoing
from app.domain.bulk.rules import Selection, Wanted
from app.domain.jobs.models import Job
from app.factory import create_app
from app.records import registry, writing
from app.records.filters import Condition
from app.records.writing import Row
from tenants import catalogue
from tenants.context import Tenant, entered
from tenants.session import session, unit_of_work
from workers.execution import STATEMENT_TIMEOUT_MS
from workers.jobs import REGISTERED
from workers.registry import find

ROWS, SHARE = 100_000, 10
SECONDS, MEGABYTES = 20.0, 300.0
_KITH = Actor(kind="system", id=None, name="Kith", door="command", permissions=EVERYTHING)
_BATCH = 2_000
# Where those people live who were made for these figures.
_CITY = "Figures"


def aside(office: Office) -> Iterator[Figure]:
    """The same in a worker of its own, whose memory is then the work's; of a small company a tenth."""
    rows = min(ROWS, max(office.contacts // SHARE, 1))
    with processes.process() as worker:
        yield from worker.submit(in_worker, office.ground.environment, office.tenant.id, rows).result()


def in_worker(environment: Mapping[str, str], tenant_id: UUID, rows: int) -> list[Figure]:
    """What a worker of that application measures."""
    assert REGISTERED, "jobs are known once they are imported"
    app = create_app(config.load(dict(environment)))
    tenant = catalogue.by_id(tenant_id)
    assert tenant is not None
    return list(figures(app, tenant, rows))


def figures(app: Flask, tenant: Tenant, rows: int = ROWS) -> Iterator[Figure]:
    """Change `rows` contacts of the tenant, which are made where they are missing, and take it back.

    The bars are those for 100,000 rows; the memory is the most that this process ever held.
    """
    with app.app_context(), entered(tenant):
        _fill(rows)
        changed, seconds = _timed(_asked)
        yield Figure(f"bulk change of {rows:,}", seconds, "s", SECONDS * rows / ROWS)
        _, seconds = _timed(lambda: _undone(changed))
        yield Figure(f"bulk change of {rows:,} undone", seconds, "s", SECONDS * rows / ROWS)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    yield Figure("memory of a bulk change at its peak", peak, "MB", MEGABYTES)


def _asked() -> UUID:
    values = {"occupation": f"Buyer {time.monotonic_ns()}"}
    mine = Selection(where=Condition("city", "eq", _CITY))
    return actions.ask(_KITH, "contacts", Wanted("edit", mine, values)).id


def _undone(job_id: UUID) -> UUID:
    return undoing.ask(_KITH, job_id).id


def _timed(ask: Callable[[], UUID]) -> tuple[UUID, float]:
    """The job that `ask` begins, and the seconds until it is done."""
    began = time.perf_counter()
    with unit_of_work():
        job_id = ask()
    while work(job_id):
        pass
    return job_id, time.perf_counter() - began


def work(job_id: UUID) -> bool:
    """One transaction of a worker; whether more is to be done."""
    with unit_of_work(statement_timeout_ms=STATEMENT_TIMEOUT_MS):
        kind = session.get_one(Job, job_id).kind
        return isinstance(find("tenant", kind).function({"job_id": str(job_id)}), Again)


def _fill(rows: int) -> None:
    for start in range(_count(), rows, _BATCH):
        made = [_person(number) for number in range(start, min(start + _BATCH, rows))]
        with unit_of_work():
            writing.write_many(_KITH, "contacts", made, quiet=True, title="Figures")


def _person(number: int) -> Row:
    return Row(
        {
            "first_name": f"Given {number % 997}",
            "last_name": f"Family {number}",
            "email": f"person-{number}@figures.example",
            "phone": f"+49 30 {number:07}",
            "city": _CITY,
        }
    )


def _count() -> int:
    """How many there are of them."""
    table = registry.get("contacts").table
    with unit_of_work(read_only=True):
        return session.scalar(select(func.count()).where(table.c.city == _CITY)) or 0
