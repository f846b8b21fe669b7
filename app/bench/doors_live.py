"""The live streams' figures: what a thousand idle ones weigh, and how soon a change is told."""

import json
import re
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from statistics import median, quantiles
from urllib.parse import urlsplit

import psutil

from app.bench.foundation import Figure
from app.bench.stack import Running
from app.bench.visitor import Visitor
from stack import memory
from stack.errors import StackError

IDLE = 1_000
STREAMS_OF_SESSION = 10
CHANGES = 60
PATIENCE_SECONDS = 10.0
# After the last stream has opened: what opening took is freed by then, or it is held.
SETTLE_SECONDS = 3.0
MOST_REPORTS = 20
_ORDER = re.compile(r'href="/orders/([0-9a-f-]{36})"')
_COMPANY = re.compile(r'href="(/companies/[0-9a-f-]{36})"')
_RECORD = re.compile(r'href="(/contacts/[0-9a-f-]{36})"')


def idle_connections(kith: Running, visitor: Visitor, workspace: str) -> Iterator[Figure]:
    """A thousand streams of a hundred sessions through the front door: what the live process then holds.

    `visitor` is signed in on the base host and may enter `workspace`, the address of a workspace.
    """
    holder = _holder(kith)
    yield Figure("live process, no stream", _megabytes(holder), "MB")
    with ExitStack() as opened:
        began = time.perf_counter()
        for _ in range(IDLE // STREAMS_OF_SESSION):
            visitor.cookies.pop(urlsplit(workspace).netloc, None)
            cookie = _ticket(visitor, workspace)
            for _ in range(STREAMS_OF_SESSION):
                opened.enter_context(Stream(workspace, cookie))
        yield Figure(f"opening {IDLE:,} streams", time.perf_counter() - began, "s")
        time.sleep(SETTLE_SECONDS)
        yield Figure(f"live process, {IDLE:,} idle streams", _megabytes(holder), "MB", 150)
        yield Figure("live with its parent, shared memory once", kith.memory()["live"], "MB")


def signal_latency(visitor: Visitor, workspace: str) -> Iterator[Figure]:
    """A changed contact: from the answer to who changed it, and from sending the change, to the event."""
    path = _first_contact(visitor, workspace)
    after_answer, after_sending = [], []
    with Stream(workspace, _ticket(visitor, workspace)) as stream:
        stream.next_changes()
        for number in range(CHANGES):
            began = time.perf_counter()
            changed = visitor.post(f"{workspace}{path}", {"last_name": f"Bench {number}"})
            answered = time.perf_counter()
            if changed.status >= 400:
                raise StackError(f"The change of {path} answered {changed.status}.")
            stream.next_changes()
            heard = time.perf_counter()
            after_answer.append(max(0.0, heard - answered) * 1000)
            after_sending.append((heard - began) * 1000)
    yield Figure("fact committed to event at the client, p50", median(after_answer), "ms")
    yield Figure("fact committed to event at the client, p95", quantiles(after_answer, n=20)[-1], "ms", 1000)
    yield Figure(
        "change sent to event at another client, p95", quantiles(after_sending, n=20)[-1], "ms", 1000
    )


def incident_to_bar(customer: Visitor, portal: str, member: Visitor, workspace: str) -> Iterator[Figure]:
    """A customer reports; an open page of his company hears of it and has its new bar.

    `customer` is signed in at `portal` and has orders, `member` may see his company in `workspace`. What a
    browser adds is drawing the answer into the page.
    """
    orders = list(dict.fromkeys(_ORDER.findall(customer.get(f"{portal}/orders").text)))[:MOST_REPORTS]
    company = _COMPANY.search(member.follow(member.get(f"{workspace}/orders/{orders[0]}")).text)
    if company is None:
        raise StackError("The order names no company.")
    took = []
    with Stream(workspace, _ticket(member, workspace)) as stream:
        stream.next_changes()
        for order in orders:
            token = customer.token(f"{portal}/report/quality?order={order}")
            began = time.perf_counter()
            made = customer.post(f"{portal}/report/quality", {"csrf_token": token, "order": order})
            while not any(each["object"] == "incidents" for each in stream.next_changes()):
                pass
            page = member.get(f"{workspace}{company[1]}")
            took.append((time.perf_counter() - began) * 1000)
            if made.status >= 400 or page.status != 200 or "standing" not in page.text:
                raise StackError(f"The report answered {made.status}, the page {page.status}.")
    yield Figure("incident in the portal to the bar, p50", median(took), "ms")
    yield Figure("incident in the portal to the bar, p95", quantiles(took, n=20)[-1], "ms", 1500)


class Stream:
    """One open stream, read by hand: what it says is counted and nothing is done with it."""

    def __init__(self, workspace: str, cookie: str) -> None:
        parts = urlsplit(workspace)
        self._socket = socket.create_connection(("127.0.0.1", parts.port or 80), PATIENCE_SECONDS)
        lines = ("GET /live/stream HTTP/1.1", f"Host: {parts.netloc}", f"Cookie: {cookie}", "", "")
        self._socket.sendall("\r\n".join(lines).encode())
        self._lines = self._socket.makefile("rb")
        status = self._lines.readline()
        if b" 200 " not in status:
            raise StackError(f"A stream answered {status.decode('latin-1').strip()}.")

    def __enter__(self) -> "Stream":
        return self

    def __exit__(self, *_: object) -> None:
        self._lines.close()
        self._socket.close()

    def next_changes(self) -> list[dict[str, object]]:
        """The next event of changes, waited for."""
        for line in self._lines:
            if line.startswith(b"data: ["):
                found: list[dict[str, object]] = json.loads(line.removeprefix(b"data: "))
                return found
        raise StackError("A stream ended.")


def _ticket(visitor: Visitor, workspace: str) -> str:
    """The cookies of a browser with a fresh ticket; without a session there it begins one."""
    page = visitor.follow(visitor.get(workspace))
    given = visitor.get(f"{workspace}/live/ticket")
    if page.status != 200 or given.status != 200:
        raise StackError(f"The ticket answered {given.status}.")
    jar = visitor.cookies[urlsplit(workspace).netloc]
    return "; ".join(f"{name}={value}" for name, value in jar.items())


def _first_contact(visitor: Visitor, workspace: str) -> str:
    made = visitor.post(f"{workspace}/contacts", {"last_name": "Bench"})
    found = _RECORD.search(visitor.get(f"{workspace}/contacts").text)
    if made.status >= 400 or found is None:
        raise StackError(f"A contact for the streams could not be made: {made.status}.")
    return found[1]


def _holder(kith: Running) -> psutil.Process:
    """The process that holds the streams: the largest of the live part."""
    leader = dict(memory.leaders(kith.data))["live"]
    return max(memory.family(leader), key=lambda each: float(each.memory_info().rss))


def _megabytes(process: psutil.Process) -> float:
    return float(process.memory_info().rss) / 1_000_000
