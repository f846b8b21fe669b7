"""What one company at full speed does to another's pages: requests without end, and jobs beside them."""

import shutil
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from statistics import median, quantiles
from urllib.parse import urlsplit

from app.bench import aside, foundation, load, stack, tenancy_orders
from app.bench.foundation import Figure
from app.bench.load import Load
from app.bench.stack import Running
from app.bench.tenancy_ground import Ground

ROUNDS, ROUND_SECONDS, SETTLING_SECONDS = 8, 6.0, 1.5
# Two people who click without rest; the other company asks by so many connections at once.
PEOPLE, LOOK_SECONDS, FLOOD = 2, 0.05, 32
PAGE = "/contacts"
COMPANIES = ("quiet", "loud", "third", "fourth")


def figures(_ground: Ground) -> Iterator[Figure]:
    """A page's time while another company is quiet and while it is not, in turns, on a stack of its own."""
    folder = Path(tempfile.mkdtemp(prefix="kith-bench-"))
    try:
        with (
            stack.up(folder / "var") as kith,
            aside.process() as asking,
            aside.process() as ordering,
        ):
            quiet, *others = [_page(kith, name) for name in COMPANIES]
            ordering.submit(tenancy_orders.connect, kith.data).result()
            yield from _in_turns(kith, quiet, Neighbour(kith, others[0], asking, ordering))
            yield from _together(kith, [quiet, *others], asking)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _page(kith: Running, company: str) -> bytes:
    """The request for a page of contacts of a new company, from somebody signed in there."""
    visitor, address = foundation.workspace(kith, company.title())
    foundation.bring_customers(kith, company)
    host = urlsplit(address).netloc
    cookie = "; ".join(f"{name}={value}" for name, value in visitor.cookies[host].items())
    head = f"GET {PAGE} HTTP/1.1\r\nHost: {host}\r\nAccept: text/html\r\nCookie: {cookie}\r\n\r\n"
    return head.encode()


@dataclass(frozen=True)
class Neighbour:
    """A company at full speed: one process asks for its pages, another one orders its imports."""

    kith: Running
    page: bytes
    asking: ProcessPoolExecutor
    ordering: ProcessPoolExecutor
    asked: Load = field(default_factory=Load)
    processor: list[float] = field(default_factory=list)
    imports: list[float] = field(default_factory=list)

    @contextmanager
    def at_full_speed(self) -> Iterator[None]:
        """Pages as fast as they are answered, and an import after the other, until the block ends."""
        over = threading.Event()
        seconds = ROUND_SECONDS + SETTLING_SECONDS
        asked = self.asking.submit(_flood, self.kith.port, [self.page], seconds)
        importing = threading.Thread(target=self._import, args=(over,))
        if foundation.CUSTOMERS.exists():
            importing.start()
        over.wait(SETTLING_SECONDS)
        try:
            yield
        finally:
            over.set()
            if importing.ident:
                importing.join()
            found, processor = asked.result()
            self.asked.add(found)
            self.processor.append(processor)

    def _import(self, over: threading.Event) -> None:
        while not over.is_set():
            took, processor = self.ordering.submit(tenancy_orders.bring_again, COMPANIES[1]).result()
            self.imports.append(took)
            self.processor.append(processor)


def _in_turns(kith: Running, quiet: bytes, loud: Neighbour) -> Iterator[Figure]:
    alone, beside = [], []
    _look(kith, quiet)
    for _ in range(ROUNDS):
        alone.append(_look(kith, quiet))
        with loud.at_full_speed():
            beside.append(_look(kith, quiet))
    yield from _told("the other company quiet", alone)
    yield from _told("the other at full speed", beside)
    yield Figure("requests of the other company", loud.asked.served, "/s")
    yield Figure("processor time of its programs that ask", sum(loud.processor) / loud.asked.seconds, "s/s")
    if loud.imports:
        yield Figure("each of its imports of 18,148 contacts", median(loud.imports), "s")
    # Round by round, because both looks of a round see the same machine.
    ratio = median(_p95(busy) / _p95(calm) for calm, busy in zip(alone, beside, strict=True))
    yield Figure("p95 beside a company at full speed", ratio, "x", 1.5)


def _look(kith: Running, request: bytes) -> list[float]:
    """Milliseconds of each page."""
    looks = load.run(kith.port, lambda: request, parallel=PEOPLE, seconds=ROUND_SECONDS, pause=LOOK_SECONDS)
    return [seconds * 1000 for seconds in looks.times]


def _told(when: str, rounds: Sequence[Sequence[float]]) -> Iterator[Figure]:
    every = [time for each in rounds for time in each]
    yield Figure(f"page, {when}, p50", median(every), "ms")
    yield Figure(f"page, {when}, p95", _p95(every), "ms")


def _together(kith: Running, pages: Sequence[bytes], asking: ProcessPoolExecutor) -> Iterator[Figure]:
    """One company with the whole flood, and all of them with an equal part of it, in turns."""
    one, all_ = Load(), Load()
    for _ in range(ROUNDS // 2):
        for into, asked in ((one, pages[1:2]), (all_, pages)):
            into.add(asking.submit(_flood, kith.port, asked, ROUND_SECONDS).result()[0])
    yield Figure("pages of one company at full speed", one.served, "/s")
    yield Figure(f"of {len(pages)} at full speed together", all_.served, "/s")
    ratio = all_.served / one.served
    yield Figure("of that, when shared", ratio, "x", 0.9, at_least=True)


def _flood(port: int, pages: Sequence[bytes], seconds: float) -> tuple[Load, float]:
    """Pages in turn, as fast as they are answered; and the processor seconds that asking took."""
    began = time.process_time()
    found = load.run(port, cycle(pages).__next__, parallel=FLOOD, seconds=seconds, good=None)
    return found, time.process_time() - began


def _p95(times: Sequence[float]) -> float:
    return quantiles(times, n=20)[-1]
