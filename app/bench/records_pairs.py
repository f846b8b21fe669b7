"""The search for duplicates through very many records, and what it finds of twins that are known."""

import resource
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from uuid import UUID

from sqlalchemy import Engine, event

from app import config
from app.bench import aside, records_bulk, records_planted
from app.bench.foundation import Figure
from app.bench.records_asking import ask
from app.bench.records_ground import Office
from app.bench.records_times import Times
from app.core.actor import Actor
from app.core.permissions import EVERYTHING
from app.domain.duplicates import searching
from app.domain.jobs.models import Job
from app.factory import create_app
from tenants import catalogue
from tenants.context import entered
from tenants.session import session, unit_of_work
from workers.jobs import REGISTERED

MEGABYTES, MINUTES = 300.0, 20.0
_KITH = Actor("system", None, "Kith", "command", EVERYTHING)


def figures(office: Office) -> Iterator[Figure]:
    """The search in a worker of its own; lists are asked for meanwhile."""
    with office.at_work():
        records_planted.plant(office.contacts)
    with aside.process() as worker:
        began = worker.submit(search, office.ground.environment, office.tenant.id)
        yield from _meanwhile(office, began)
        yield from began.result()


def search(environment: Mapping[str, str], tenant_id: UUID) -> list[Figure]:
    """The search for duplicates through all contacts, slice by slice as a worker does it."""
    assert REGISTERED, "jobs are known once they are imported"
    app, tenant = create_app(config.load(dict(environment))), catalogue.by_id(tenant_id)
    assert tenant is not None
    slices = Times()
    with app.app_context(), entered(tenant), _statements() as statements:
        with unit_of_work():
            job_id = searching.ask(_KITH, "contacts").id
        while slices.take("slice", lambda: records_bulk.work(job_id)):
            pass
        with unit_of_work(read_only=True):
            point = session.get_one(Job, job_id).checkpoint or {}
        told = list(records_planted.found())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return [
        Figure("search through all contacts", sum(slices.wall) / 60_000, "min", MINUTES),
        Figure("pairs that it found", point["pairs"], "pairs"),
        Figure("points of the least likely of them", point["least"], "points"),
        Figure("keys that too many records have", point["crowded"], "keys"),
        Figure("the longest of its slices", max(slices.wall) / 1000, "s"),
        Figure("the longest of its statements", max(statements), "s"),
        Figure("memory of that search", peak, "MB", MEGABYTES),
        *told,
    ]


@contextmanager
def _statements() -> Iterator[list[float]]:
    """How many seconds each statement takes that is sent within the block."""
    took: list[float] = []
    began: list[float] = []
    listeners = {
        "before_cursor_execute": lambda *_: began.append(time.perf_counter()),
        "after_cursor_execute": lambda *_: took.append(time.perf_counter() - began.pop()),
    }
    for name, listener in listeners.items():
        event.listen(Engine, name, listener)
    yield took
    for name, listener in listeners.items():
        event.remove(Engine, name, listener)


def _meanwhile(office: Office, began: "Future[list[Figure]]") -> Iterator[Figure]:
    """How long a list takes while the search goes on."""
    times = Times()
    while not began.done():
        times.take("list", lambda: ask(office, "/api/v1/contacts?sort=last_name&limit=50"))
        time.sleep(0.05)
    yield from times.figures("list of 50 beside the search", None)
