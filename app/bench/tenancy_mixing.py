"""Many threads, two connections, many tenants, and everything goes wrong: does a row turn up elsewhere?"""

import logging
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import psycopg
from flask import Flask
from psycopg import sql
from sqlalchemy import exc, text

from app.bench.foundation import Figure
from app.bench.tenancy_faults import KINDS, Cancelled, Faults, Injected, Kind
from app.bench.tenancy_ground import Ground
from app.bench.tenancy_seats import Seat, Seats, ask
from app.factory import create_app
from tenants import owner
from tenants.context import entered
from tenants.engines import PoolSettings, engines
from tenants.session import session, unit_of_work

THREADS, TENANTS, CONTACTS = 16, 20, 12
TWO = PoolSettings(pool_size=2, max_overflow=0, timeout=300)
# One request in five is a page; one in six meets a fault before one of its statements.
PAGES = ("/contacts", "/contacts?sort=-name", "/", "/contacts?q=0", "/settings")
PAGES_OF, FAULTY, KEYS = 1 / 5, 1 / 6, 8
STATEMENTS = {True: 12, False: 4}
# A company that asks for much at once is asked to wait, which is no fault.
ANSWERS = (200, 429)
_WRITE = text(
    "INSERT INTO settings (key, value) VALUES (:key, to_jsonb(CAST(:mark AS text)))"
    " ON CONFLICT (key) DO UPDATE SET value = excluded.value"
)
_READ = text(
    "SELECT current_user, current_schema(), first_name, city FROM contacts UNION ALL"
    " SELECT current_user, current_schema(), value #>> '{}', value #>> '{}' FROM settings"
    "  WHERE key LIKE 'mark %'"
)


@dataclass(frozen=True)
class Seen:
    """What one request showed: what is its tenant's, what else, and why it came to no end."""

    right: int
    wrong: list[str]
    reason: str = ""


@dataclass
class Tally:
    """What came of all: requests by what happened to them, and those that failed although nothing did."""

    happened: Counter[str] = field(default_factory=Counter)
    right: int = 0
    wrong: list[str] = field(default_factory=list)
    failed: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, happened: Kind, seen: Seen) -> None:
        """One more request."""
        with self.lock:
            self.happened[happened] += 1
            self.right += seen.right
            self.wrong += seen.wrong
            if happened == "none" and seen.reason:
                self.failed[seen.reason] += 1


def figures(ground: Ground) -> Iterator[Figure]:
    """Wrong rows among so many requests, straight to the server and through PgBouncer."""
    logging.getLogger("app.factory").setLevel(logging.CRITICAL)
    app = create_app(ground.settings)
    ground.pools()
    tenants = ground.claimed(TENANTS, "mixed")
    seats = [Seats(app).take(tenant, CONTACTS) for tenant in tenants]
    yield from _mixed(app, ground, seats, "straight")
    with ground.pooled():
        yield from _mixed(app, ground, seats, "through PgBouncer")
    ground.pools()


def _mixed(app: Flask, ground: Ground, seats: list[Seat], way: str) -> Iterator[Figure]:
    ground.pools(TWO)
    began = time.perf_counter()
    tally = run(app, seats, ground.requests, ground.admin_url)
    seconds = time.perf_counter() - began
    done = tally.happened.total()
    yield Figure(f"requests {way}", done / seconds, "/s")
    yield Figure("of which met a fault", done - tally.happened["none"], f"of {done}")
    reasons = ", ".join(tally.failed) or "none"
    yield Figure(f"of which failed without one ({reasons})", tally.failed.total(), "requests", 0)
    yield Figure(f"right rows {way}", tally.right, "rows", done, at_least=True)
    yield Figure(f"wrong rows {way}", len(tally.wrong), "rows", 0)


def run(app: Flask, seats: list[Seat], requests: int, admin_url: str, threads: int = THREADS) -> Tally:
    """So many requests of many threads; afterwards the rows that every tenant has are looked at as well."""
    tally, faults = Tally(), Faults(admin_url)
    for engine in {engines().tenant(seat.tenant) for seat in seats}:
        faults.strike(engine)
    chances = [random.Random(number) for number in range(threads)]  # noqa: S311 - a mix, no secret

    def work(chance: random.Random, share: int) -> None:
        for _ in range(share):
            _one(app, chance.choice(seats), tally, faults, chance)

    with ThreadPoolExecutor(threads) as pool:
        for done in [pool.submit(work, chance, -(-requests // threads)) for chance in chances]:
            done.result()
    tally.wrong += [f"left behind: {row}" for seat in seats for row in _left_behind(seat)]
    return tally


def _one(app: Flask, seat: Seat, tally: Tally, faults: Faults, chance: random.Random) -> None:
    kind: Kind = chance.choice(KINDS) if chance.random() < FAULTY else "none"
    is_page, before = chance.random() < PAGES_OF, faults.happened
    with faults.planned(kind, chance.randint(1, STATEMENTS[is_page])):
        seen = _page(app, seat, chance.choice(PAGES)) if is_page else _unit(app, seat, chance)
    tally.add(kind if faults.happened > before else "none", seen)


def _page(app: Flask, seat: Seat, path: str) -> Seen:
    """A page through the whole application; every byte of it is looked at."""
    try:
        answer = ask(app, seat, path)
    except Cancelled:
        return Seen(0, [], "cancelled")
    wrong = [f"{path} of {seat.tenant.schema}: {mark!r}" for mark in answer.strangers(seat)]
    return Seen(answer.own(seat), wrong, "" if answer.status in ANSWERS else f"status {answer.status}")


def _unit(app: Flask, seat: Seat, chance: random.Random) -> Seen:
    """A unit of work that reads, writes and reads; every value is looked at."""
    rows: list[tuple[str, ...]] = []
    mark, reason = seat.tenant.schema, ""
    with app.app_context(), entered(seat.tenant):
        try:
            with unit_of_work():
                rows += [tuple(row) for row in session.execute(_READ)]
                session.execute(_WRITE, {"key": f"mark {chance.randrange(KEYS)}", "mark": mark})
                rows += [tuple(row) for row in session.execute(_READ)]
                rows += [tuple(row) for row in session.execute(_READ)]
        except (Injected, Cancelled, exc.DBAPIError, psycopg.Error) as error:
            reason = type(getattr(error, "orig", error)).__name__
    wrong = [f"unit of {mark}: {row}" for row in rows if set(row) != {mark}]
    return Seen(len(rows) - len(wrong), wrong, reason)


def _left_behind(seat: Seat) -> list[str]:
    """What lies in the tenant's tables and is not its own, seen as the owner; clears the marks."""
    query = sql.SQL(
        "SELECT city FROM {0}.contacts WHERE city <> {1} UNION ALL"
        " SELECT value #>> '{{}}' FROM {0}.settings WHERE key LIKE 'mark %' AND value #>> '{{}}' <> {1}"
    ).format(sql.Identifier(seat.tenant.schema), sql.Literal(seat.tenant.schema))
    with owner.connect(engines().cell_url(seat.tenant.cell)) as cell:
        rows = cell.execute(query).fetchall()
        marks = sql.SQL("DELETE FROM {}.settings WHERE key LIKE 'mark %'")
        cell.execute(marks.format(sql.Identifier(seat.tenant.schema)))
    return [str(row) for row in rows]
