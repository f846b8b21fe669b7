"""What a page costs where there are many tenants, beside the same page where there are ten."""

import random
import shutil
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from statistics import median

import psycopg
from flask import Flask

from app.bench.foundation import Figure
from app.bench.tenancy_ground import Ground
from app.bench.tenancy_seats import Seat, Seats, ask
from app.factory import create_app
from app.ui.records import rows
from stack import memory
from stack.errors import StackError
from tenants import catalogue, news
from tenants.bootstrap import FIRST_CELL
from tenants.engines import engines

FEW, CONTACTS, ROUNDS, EACH = 10, 60, 30, 25
PATH = "/contacts"
PROMISED = 5_000


def figures(ground: Ground) -> Iterator[Figure]:
    """A list of 50 contacts through the whole application, for ten tenants and for all, in turns, warm."""
    app = create_app(ground.settings)
    ground.pools()
    yield from _filled(ground)
    began = time.perf_counter()
    takes = Seats(app)
    seats = [takes.take(tenant, CONTACTS) for tenant in ground.claimed(ground.tenants)]
    yield Figure(
        "settling a tenant with 60 contacts", (time.perf_counter() - began) / len(seats) * 1000, "ms"
    )
    with _told(ground):
        yield from _compared(app, seats)
        yield from _backends(ground)
        with ground.pooled():
            ground.pools()
            yield from _compared(app, seats, " through PgBouncer")
    ground.pools()


@contextmanager
def _told(ground: Ground) -> Iterator[None]:
    """This process hears of changed tenants, as every process that serves pages does."""
    listener = news.Listener(ground.settings.database_url, catalogue.forget, catalogue.rely_on_news)
    thread = threading.Thread(target=listener.run, daemon=True)
    thread.start()
    listener.listens.wait()
    try:
        yield
    finally:
        listener.stopping.set()
        with psycopg.connect(ground.settings.database_url, autocommit=True) as control:
            control.execute("SELECT pg_notify(%s, '')", [news.CHANNEL])
        thread.join()


def _filled(ground: Ground) -> Iterator[Figure]:
    """Building what is missing, and what as many as we promise would take."""
    before, size = ground.built(), _megabytes(ground)
    seconds = ground.fill(ground.tenants)
    new = ground.built() - before
    if new > 0:
        each = (_megabytes(ground) - size) / new
        yield Figure("schemas built with all their roles and grants", new / seconds, "/s")
        yield Figure(f"{PROMISED:,} at that rate", PROMISED * seconds / new / 60, "min")
        yield Figure("on disk, each without rows", each, "MB")
        yield Figure(f"{PROMISED:,} of them", each * PROMISED / 1000, "GB")
        yield Figure("free on this disk", shutil.disk_usage(ground.folder).free / 1e9, "GB")


def _compared(app: Flask, seats: Sequence[Seat], way: str = "") -> Iterator[Figure]:
    few = seats[:FEW]
    began = time.perf_counter()
    for seat in (*seats, *few):
        _page(app, seat)
    yield Figure(
        f"first page of each tenant, mean{way}", (time.perf_counter() - began) / len(seats) * 1000, "ms"
    )
    yield from _beside(app, few, seats, way, anew=False)
    yield from _beside(app, few, seats, f", rows drawn anew{way}", anew=True)


def _beside(
    app: Flask, few: Sequence[Seat], many: Sequence[Seat], way: str, *, anew: bool
) -> Iterator[Figure]:
    """Pages of a few tenants and of many; the bar is for those that are drawn `anew`.

    A process keeps rows that it has drawn: those of ten tenants, not those of thousands. That makes pages of
    few cheaper and those of many no dearer, so it is no cost of having many.
    """
    chance = random.Random(5)  # noqa: S311 - a mix, no secret
    rounds = [[_block(app, chance, group, anew=anew) for group in (few, many)] for _ in range(ROUNDS)]
    one, other = (median(time for pair in rounds for time in pair[index]) * 1000 for index in (0, 1))
    yield Figure(f"list of 50 contacts, {len(few)} tenants, p50{way}", one, "ms")
    yield Figure(f"the same, {len(many)} tenants, p50{way}", other, "ms")
    # Round by round, because both blocks of a round see the same machine.
    ratio = median(median(theirs) / median(ten) for ten, theirs in rounds)
    yield Figure(f"{len(many)} tenants beside {len(few)}{way}", ratio, "x", 1.15 if anew else None)


def _block(app: Flask, chance: random.Random, group: Sequence[Seat], *, anew: bool) -> list[float]:
    """Seconds of some pages of random tenants of the group."""
    found = []
    for _ in range(EACH):
        if anew:
            rows.forget()
        found.append(_page(app, chance.choice(group)))
    return found


def _page(app: Flask, seat: Seat) -> float:
    """Seconds of one page; it must be the tenant's own."""
    began = time.perf_counter()
    answer = ask(app, seat, PATH)
    seconds = time.perf_counter() - began
    if answer.status != 200 or answer.strangers(seat) or answer.own(seat) < 50:
        raise StackError(f"{PATH} of {seat.tenant.slug} answered {answer.status}.")
    return seconds


def _backends(ground: Ground) -> Iterator[Figure]:
    """What the backends of the buckets hold now."""
    with psycopg.connect(ground.admin_url) as admin:
        rows = admin.execute("SELECT pid FROM pg_stat_activity WHERE usename ~ '^b_'").fetchall()
    held = [memory.own(pid) for (pid,) in rows]
    yield Figure("backends of buckets", len(held), "")
    yield Figure("memory of the busiest backend", max(held), "MB")
    yield Figure("memory of all of them", sum(held), "MB")


def _megabytes(ground: Ground) -> float:
    with psycopg.connect(ground.admin_url, autocommit=True) as admin:
        admin.execute("CHECKPOINT")
        cell = engines().cell_url(FIRST_CELL).rpartition("/")[2]
        row = admin.execute("SELECT pg_database_size(%s)", [cell]).fetchone()
    return float(row[0]) / 1e6 if row else 0.0
