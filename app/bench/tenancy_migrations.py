"""How fast many schemas change, what their pages feel of it, and that a killed run harms none."""

import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles

from app.bench import load
from app.bench import tenancy_revisions as ours
from app.bench.foundation import Figure
from app.bench.serving import serving
from app.bench.tenancy_ground import Ground
from app.bench.tenancy_seats import Seat, Seats
from app.config import ROOT
from app.factory import create_app
from app.ui import cookies
from stack.errors import StackError
from tenants import owner, revisions, runner
from tenants.bootstrap import FIRST_CELL
from tenants.engines import engines

FEWEST, SEATS, CONTACTS = 200, 20, 50
WORKERS = 2
# Beside traffic a machine of two cores keeps one for it: `./kith migrate --workers 1`.
WORKERS_BESIDE = 1
# Four people who each look at a page for a moment; beside them the machine belongs to the migration.
VISITORS, LOOK_SECONDS = 4, 0.1
# Deals are what changes.
PAGES = ("/deals", "/contacts")
# So many schemas are changed while pages are served, one revision after the other.
SERVED = 2_000
KILLED_AT = 3
PATIENCE_SECONDS = 120.0


def figures(ground: Ground) -> Iterator[Figure]:
    """Schemas a second alone and beside pages, the pages' times, and what a kill -9 leaves."""
    ground.fill(max(ground.tenants, FEWEST))
    with _revisions() as folder:
        ours.write(folder, 0, ours.MARKS)
        ours.migrate(WORKERS)
        yield from _alone(folder)
        yield from _beside_pages(ground, folder)
        yield from _killed(ground, folder)


@contextmanager
def _revisions() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="kith-revisions-") as name:
        try:
            yield Path(name)
        finally:
            revisions.chain(None)


def _alone(folder: Path) -> Iterator[Figure]:
    rates = []
    for number in (1, 2, 3):
        ours.write(folder, number, ours.MARKED)
        rates.append(_count() / ours.migrate(WORKERS))
    yield Figure(f"column and index in {_count()} schemas", median(rates), "/s", 500, at_least=True)


def _beside_pages(ground: Ground, folder: Path) -> Iterator[Figure]:
    app = create_app(ground.settings)
    seats = Seats(app)
    taken = [seats.take(tenant, CONTACTS) for tenant in ground.claimed(SEATS)]
    cookie = cookies.name_of("session", ground.settings)
    asked = [_page(seat, cookie, path) for seat in taken for path in PAGES]
    rounds = max(SERVED // _count(), 1)
    with serving(ground.environment) as port:
        _load(port, asked, each=len(asked))
        quiet = _load(port, asked, each=60)
        yield Figure("page of a tenant, p50 / no migration", median(quiet.times) * 1000, "ms")
        yield Figure("page of a tenant, p99 / no migration", _p99(quiet), "ms")
        running = _start(ground, folder, 10, rounds, WORKERS_BESIDE)
        busy = _until_over(running, port, asked)
        seconds = float(_end(running).splitlines()[-1])
    yield Figure("the same while pages are served", _count() * rounds / seconds, "/s", 200, at_least=True)
    yield Figure("page of a tenant, p50 / migrating", median(busy) * 1000, "ms")
    yield Figure("page of a tenant, p99 / migrating", quantiles(busy, n=100)[-1] * 1000, "ms", 80)


def _page(seat: Seat, cookie: str, path: str) -> bytes:
    host = f"{seat.tenant.slug}.localhost:8000"
    head = f"GET {path} HTTP/1.1\r\nHost: {host}\r\nAccept: text/html\r\n"
    return f"{head}Cookie: {cookie}={seat.cookie}\r\n\r\n".encode()


def _load(port: int, asked: Sequence[bytes], *, each: int) -> load.Load:
    chosen = random.Random(7)  # noqa: S311 - a mix, no secret
    return load.run(port, lambda: chosen.choice(asked), parallel=VISITORS, each=each, pause=LOOK_SECONDS)


def _p99(done: load.Load) -> float:
    return quantiles(done.times, n=100)[-1] * 1000


def _until_over(running: subprocess.Popen[str], port: int, asked: Sequence[bytes]) -> list[float]:
    """The seconds of each page that was asked for while schemas changed."""
    times: list[float] = []
    while running.poll() is None:
        times += _load(port, asked, each=3).times
    return times


def _start(ground: Ground, folder: Path, number: int, rounds: int, workers: int) -> subprocess.Popen[str]:
    """A process that is about to migrate."""
    words = [str(folder), str(number), str(rounds), str(workers)]
    running = subprocess.Popen(
        [sys.executable, "-P", "-m", "app.bench.tenancy_revisions", *words],
        cwd=ROOT,
        env={**os.environ, **ground.environment, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert running.stdout
    if running.stdout.readline().strip() != ours.READY:
        raise StackError("The migration did not begin.")
    return running


def _end(running: subprocess.Popen[str]) -> str:
    told, faults = running.communicate(timeout=PATIENCE_SECONDS)
    if running.returncode:
        raise StackError(f"The migration failed: {faults[-500:]}")
    return told


def _killed(ground: Ground, folder: Path) -> Iterator[Figure]:
    number = 1_000
    running = _start(ground, folder, number, 1, WORKERS)
    until = time.monotonic() + PATIENCE_SECONDS
    while _at(number) < _count() // KILLED_AT and time.monotonic() < until:
        time.sleep(0.005)
    running.kill()
    running.communicate()
    half = _at(number)
    revisions.forget()
    seconds = _resume()
    yield Figure(f"of {_count()} schemas done when the runner was killed", half, "schemas")
    yield Figure("resumed to the end", seconds, "s")
    yield Figure("not at the newest revision afterwards", _count() - _at(number), "schemas", 0)
    yield Figure("changed twice, or never", _not_once(number), "schemas", 0)


def _resume() -> float:
    """What a server had received when its client died it finishes first; then the lock is free."""
    began = time.perf_counter()
    while True:
        try:
            ours.migrate(WORKERS)
        except runner.Busy:
            time.sleep(0.05)
        else:
            return time.perf_counter() - began


def _count() -> int:
    return _asked("SELECT count(*) FROM kith.tenant_rev")


def _at(number: int) -> int:
    return _asked("SELECT count(*) FROM kith.tenant_rev WHERE rev = %s", ours.name(number))


def _not_once(number: int) -> int:
    """Schemas in which the revision left another number of marks than one."""
    with owner.connect(engines().cell_url(FIRST_CELL)) as cell:
        schemas = [name for (name,) in cell.execute("SELECT schema_name FROM kith.tenant_rev").fetchall()]
        mark = "SELECT count(*) FROM {}.bench_marks WHERE revision = %s"
        marks = [cell.execute(mark.format(name).encode(), [str(number)]).fetchone() for name in schemas]
    return sum(found != (1,) for found in marks)


def _asked(query: str, *values: str) -> int:
    with owner.connect(engines().cell_url(FIRST_CELL)) as cell:
        row = cell.execute(query.encode(), values).fetchone()
    return int(row[0]) if row else 0
