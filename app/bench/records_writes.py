"""Creating: one by one through the engine, by two processes at once, and in batches of 200 by the API."""

import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from itertools import count
from multiprocessing import get_context
from uuid import UUID, uuid4

import orjson

from app import config
from app.bench.foundation import Figure
from app.bench.records_asking import ask
from app.bench.records_ground import Office
from app.bench.records_times import Times
from app.core.actor import Actor
from app.core.permissions import EVERYTHING
from app.factory import create_app
from app.records import writing
from stack.errors import StackError
from tenants import catalogue
from tenants.context import entered
from tenants.session import unit_of_work

CREATED, SECONDS, BATCHES, BATCH, PROCESSES = 600, 4.0, 15, 200, 2
_BAR, _PER_SECOND, _ROWS = 4, 400, 3_000
_numbers = count(1)


def figures(office: Office) -> Iterator[Figure]:
    """Server time of a new contact with fact and search entry, and how many come in a second."""
    times = Times()
    with office.at_work():
        for number in range(CREATED + 50):
            if number == 50:
                times = Times()
            times.take("", lambda: _create(office.member))
    yield Figure("create through the engine, p50", times.p50, "ms", _BAR)
    yield Figure("create through the engine, p95", times.p95, "ms")
    yield Figure("created by two processes", _together(office), "/s", _PER_SECOND, at_least=True)
    yield Figure("batch of 200", _batches(office), "rows/s", _ROWS, at_least=True)


def _create(actor: Actor) -> None:
    with unit_of_work():
        writing.create(actor, "contacts", _person())


def _person() -> dict[str, str]:
    number = next(_numbers)
    return {
        "first_name": "Jörg",
        "last_name": f"Müller {number}",
        "email": f"{uuid4().hex}@created.example",
        "phone": f"+49 221 {number:07}",
        "city": "Köln",
    }


def _together(office: Office) -> float:
    settings = dict(office.ground.environment)
    with ProcessPoolExecutor(PROCESSES, get_context("spawn")) as pool:
        jobs = [pool.submit(creating, settings, office.tenant.id, SECONDS) for _ in range(PROCESSES)]
        return sum(job.result() for job in jobs)


def creating(environment: Mapping[str, str], tenant_id: UUID, seconds: float) -> float:
    """How many contacts this process creates a second, once it is warm."""
    app = create_app(config.load(dict(environment)))
    tenant = catalogue.by_id(tenant_id)
    actor = Actor("system", None, "Kith", "command", EVERYTHING)
    with app.app_context(), entered(tenant):
        for _ in range(50):
            _create(actor)
        began, done = time.perf_counter(), 0
        while time.perf_counter() - began < seconds:
            _create(actor)
            done += 1
        return done / (time.perf_counter() - began)


def _batches(office: Office) -> float:
    bodies = [orjson.dumps({"records": [_person() for _ in range(BATCH)]}) for _ in range(BATCHES + 2)]
    began = time.perf_counter()
    for place, body in enumerate(bodies):
        if place == 2:
            began = time.perf_counter()
        answer = ask(office, "/api/v1/contacts/batch", body)
        if answer.status != 200 or b'"status":201' not in answer.body:
            raise StackError(f"A batch answered {answer.status}: {answer.body[:300]!r}")
    return BATCHES * BATCH / (time.perf_counter() - began)
