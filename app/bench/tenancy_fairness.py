"""What one company at full speed does to another's pages: requests without end, and jobs beside them."""

import shutil
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles
from urllib.parse import urlsplit

from app.bench import foundation, load, stack
from app.bench.foundation import Figure
from app.bench.load import Load
from app.bench.stack import Running
from app.bench.tenancy_ground import Ground
from app.bench.visitor import Visitor

ROUNDS, ROUND_SECONDS = 5, 6.0
# Two people who click without rest; the other company asks by so many connections at once.
PEOPLE, LOOK_SECONDS, FLOOD = 2, 0.05, 32
PAGE = "/contacts"


def figures(_ground: Ground) -> Iterator[Figure]:
    """A page's time while another company is quiet and while it is not, in turns, on a stack of its own."""
    folder = Path(tempfile.mkdtemp(prefix="kith-bench-"))
    try:
        with stack.up(folder / "var") as kith:
            quiet = _page(*_company(kith, "Quiet"))
            loud = _page(*_company(kith, "Loud"))
            yield from _in_turns(kith, quiet, loud)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _company(kith: Running, name: str) -> tuple[Visitor, str]:
    visitor, address = foundation.workspace(kith, name)
    foundation.bring_customers(kith, name.lower())
    return visitor, address


def _page(visitor: Visitor, address: str) -> bytes:
    host = urlsplit(address).netloc
    cookie = "; ".join(f"{name}={value}" for name, value in visitor.cookies[host].items())
    head = f"GET {PAGE} HTTP/1.1\r\nHost: {host}\r\nAccept: text/html\r\nCookie: {cookie}\r\n\r\n"
    return head.encode()


def _in_turns(kith: Running, quiet: bytes, loud: bytes) -> Iterator[Figure]:
    alone, beside, flood = Load(), Load(), Load()
    _look(kith, quiet, Load())
    for _ in range(ROUNDS):
        _look(kith, quiet, alone)
        with _flood(kith, loud, flood):
            _look(kith, quiet, beside)
    yield Figure("page, the other company quiet, p50", median(alone.times) * 1000, "ms")
    yield Figure("page, the other company quiet, p95", _p95(alone), "ms")
    yield Figure("page, the other at full speed, p50", median(beside.times) * 1000, "ms")
    yield Figure("page, the other at full speed, p95", _p95(beside), "ms")
    yield Figure("requests of the other company", flood.per_second, "/s")
    yield Figure("p95 beside a company at full speed", _p95(beside) / _p95(alone), "x", 1.5)


def _look(kith: Running, request: bytes, into: Load) -> None:
    _add(
        into,
        load.run(kith.port, lambda: request, parallel=PEOPLE, seconds=ROUND_SECONDS, pause=LOOK_SECONDS),
    )


@contextmanager
def _flood(kith: Running, request: bytes, into: Load) -> Iterator[None]:
    """Requests as fast as they are answered, and an import after the other."""
    over = threading.Event()

    def ask() -> None:
        asked = load.run(kith.port, lambda: request, parallel=FLOOD, seconds=ROUND_SECONDS + 2, good=None)
        _add(into, asked)

    def work() -> None:
        while not over.is_set() and foundation.bring_again(kith, "loud"):
            pass

    threads = [threading.Thread(target=ask), threading.Thread(target=work)]
    for thread in threads:
        thread.start()
    over.wait(1)
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()


def _add(into: Load, more: Load) -> None:
    into.times += more.times
    into.seconds += more.seconds


def _p95(found: Load) -> float:
    return quantiles(found.times, n=20)[-1] * 1000
