"""Imports that compare their rows with very many records: what it costs, and what it finds."""

import resource
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any
from uuid import UUID

from app import config
from app.bench import aside
from app.bench.foundation import Figure
from app.bench.records_ground import Office
from app.bench.records_planted import NAMES, sample
from app.bench.records_twins import twins
from app.bench.records_words import people
from app.core.actor import Actor
from app.core.permissions import EVERYTHING
from app.domain.imports.rules.plan import Column, Plan
from app.domain.imports.rules.records import Row
from app.domain.imports.storing import Storer
from app.factory import create_app
from tenants import catalogue
from tenants.context import entered
from tenants.session import unit_of_work

ADDED, MEGABYTES = 0.5, 300.0
CHUNK, CHUNKS = 1_000, 20
_KITH = Actor("system", None, "Kith", "command", EVERYTHING)


def figures(office: Office) -> Iterator[Figure]:
    """The same in a worker of its own, whose memory is then the work's."""
    with aside.process() as worker:
        yield from worker.submit(importing, office.ground.environment, office.tenant.id).result()


def importing(environment: Mapping[str, str], tenant_id: UUID) -> list[Figure]:
    """Chunks of rows stored with comparing and without, in turns, each taken back; what comparing finds."""
    app, tenant = create_app(config.load(dict(environment))), catalogue.by_id(tenant_id)
    assert tenant is not None
    spent = {"create": 0.0, "review": 0.0}
    doubted, rows_of = Counter[str](), Counter[str]()
    with app.app_context(), entered(tenant):
        rows = _rows(CHUNK * CHUNKS)
        for place in range(CHUNKS):
            chunk = rows[place * CHUNK : (place + 1) * CHUNK]
            for doubtful in ("create", "review") if place % 2 else ("review", "create"):
                began = time.perf_counter()
                states = _stored([cells for _, cells in chunk], doubtful)
                spent[doubtful] += time.perf_counter() - began
                if doubtful == "review":
                    for (kind, _), state in zip(chunk, states, strict=True):
                        rows_of[kind] += 1
                        doubted[kind] += state == "review"
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    number = CHUNK * CHUNKS
    told = [
        Figure("import without comparing", number / spent["create"], "rows/s"),
        Figure("the same with comparing", number / spent["review"], "rows/s"),
        Figure("what comparing adds", spent["review"] / spent["create"] - 1, "x", ADDED),
        Figure("memory of an import that compares", peak, "MB", MEGABYTES),
    ]
    for kind in rows_of:
        told.append(Figure(f"  rows laid aside: {kind}", 100 * doubted[kind] / rows_of[kind], "%"))
    return told


def _rows(number: int) -> list[tuple[str, list[str]]]:
    """A tenth is like records that are there, a tenth like the row before, the rest is new; with its kind."""
    _, known = sample("contacts", number // 10)
    there = [(kind, values) for kind, _, values in twins("contacts", known)]
    # Of the people of the company nobody has the name of one, the address of another and a new number.
    fresh = list(people(number, 1))
    made: list[tuple[str, list[str]]] = []
    for place, one in enumerate(fresh):
        if place % 10 == 3 and place // 10 < len(there):
            kind, values = there[place // 10]
            made.append((kind, [values.get(name) or "" for name in NAMES]))
            continue
        phone = f"+49 {700 + place % 200} {5_000_000 + place}"
        home = fresh[-1 - place]
        cells = [one.first, one.last, phone, home.street, home.postcode, home.city or "", home.country]
        if place % 10 == 7 and made:
            cells = [*made[-1][1][:2], "", *made[-1][1][3:]]
        made.append(("like a row of the file" if place % 10 == 7 else "new", cells))
    return made


class _TakenBack(Exception):
    """What was stored is not to stay."""


def _stored(rows: Sequence[list[str]], doubtful: Any) -> list[str]:
    plan = Plan("contacts", tuple(Column(name, name) for name in NAMES), doubtful=doubtful)
    drafts = [Row(nr, nr + 1, list(cells), nr, nr + 1) for nr, cells in enumerate(rows, 1)]
    states: list[str] = []
    with suppress(_TakenBack), unit_of_work():
        states = [
            each.state for each in Storer(_KITH, plan, None, "Figures", lambda _: 0).store(drafts).answers
        ]
        raise _TakenBack
    return states
