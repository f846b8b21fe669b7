"""The foundation's figures: starting, signing up, importing, listing."""

import json
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import psycopg

from app.bench import stack
from app.bench.stack import Running
from app.bench.visitor import Visitor, answers
from app.config import ROOT
from stack.errors import StackError

CUSTOMERS = ROOT.parent / "shared" / "data" / "adventureworks" / "AdventureWorks_Customers.csv"
ROWS = 18_148
REQUESTS = 500
SIGN_UPS = 12
IDLE_SECONDS = 10
SPARES_SECONDS = 90
SERVING = ("web", "postgres", "caddy")
PASSWORD = "a long password of the benchmark"  # noqa: S105 - of a workspace that is thrown away
_NEXT = re.compile(r'href="(/contacts\?[^"]*after=[^"]+)"')


@dataclass(frozen=True)
class Figure:
    """One measured figure beside its bar, the most or `at_least`; a bar of None is told only."""

    name: str
    value: float
    unit: str
    bar: float | None = None
    at_least: bool = False

    @property
    def holds(self) -> bool:
        """Whether the figure is within its bar."""
        if self.bar is None:
            return True
        return self.value >= self.bar if self.at_least else self.value <= self.bar


def run(*, cold: bool) -> Iterator[Figure]:
    """Every figure as it is measured; with `cold` also the start of a clean clone, packages included."""
    folder = Path(tempfile.mkdtemp(prefix="kith-bench-"))
    try:
        if cold:
            yield Figure("clean clone to ready", _from_clone(folder / "clone"), "s", 240)
        yield from _starts(folder / "var")
        with stack.up(folder / "var", web_processes=1) as kith:
            yield from _sign_ups(kith)
            visitor, address = workspace(kith, "Bench")
            yield from _imports(kith, address)
            yield from _lists(kith, visitor, address)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _from_clone(clone: Path) -> float:
    """A clone of what is committed, started by its own launcher, to the first answer."""
    subprocess.run(["git", "clone", "-q", str(ROOT), str(clone)], check=True)
    began = time.monotonic()
    process = subprocess.Popen(
        [str(clone / "kith"), "up", "--port", "8790", "--data", str(clone / "var"), "--no-demo"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.STDOUT,
    )
    while not answers(8790):
        if process.poll() is not None:
            raise StackError("The clean clone did not start.")
        time.sleep(0.1)
    seconds = time.monotonic() - began
    process.send_signal(2)
    process.wait(60)
    return seconds


def _starts(data: Path) -> Iterator[Figure]:
    first = stack.start(data)
    yield Figure("first start, packages installed", first.seconds, "s")
    yield Figure("Ctrl-C to quiet", first.stop(), "s", 15)
    second = stack.start(data)
    yield Figure("second start", second.seconds, "s", 15)
    time.sleep(IDLE_SECONDS)
    for name, megabytes in sorted(second.memory().items()):
        yield Figure(f"idle memory, {name}", megabytes, "MB")
    second.stop()


def _sign_ups(kith: Running) -> Iterator[Figure]:
    _wait_for_spares(kith)
    done = [_signed_up(kith, f"Company {number}") for number in range(SIGN_UPS)]
    yield Figure("sign-up to usable workspace, median", median(each[2] for each in done) * 1000, "ms", 500)
    yield Figure("sign-up, database part, median", median(each[3] for each in done), "ms", 10)


def _wait_for_spares(kith: Running) -> None:
    """Until as many spares stand as companies will sign up: some seconds after a first start."""
    count = "SELECT count(*) FROM kith.tenants WHERE state = 'spare'"
    with psycopg.connect(kith.settings["KITH_DATABASE_URL"], autocommit=True) as control:
        until = time.monotonic() + SPARES_SECONDS
        while time.monotonic() < until:
            row = control.execute(count).fetchone()
            if row and row[0] > SIGN_UPS:
                return
            time.sleep(0.5)
    raise StackError("The spares were not built.")


def workspace(kith: Running, company: str) -> tuple[Visitor, str]:
    """A browser in a company's new workspace, and the workspace's address."""
    visitor, address, _, _ = _signed_up(kith, company)
    return visitor, address


def _signed_up(kith: Running, company: str) -> tuple[Visitor, str, float, float]:
    """A browser in its new workspace, the workspace's address, the seconds from POST to page.

    And the milliseconds that the POST waited for databases: connecting, statements, begins and commits.
    """
    visitor = Visitor()
    slug = company.lower().replace(" ", "-")
    values = {
        "company": company,
        "slug": slug,
        "name": "Ada Berg",
        "email": f"ada@{slug}.example",
        "password": PASSWORD,
        "time_zone": "Europe/Berlin",
    }
    token = visitor.token(f"{kith.address}/sign-up")
    began = time.perf_counter()
    made = visitor.post(f"{kith.address}/sign-up", values | {"csrf_token": token})
    page = visitor.follow(made)
    seconds = time.perf_counter() - began
    if page.status != 200:
        raise StackError(f"Sign-up answered {page.status}.")
    return visitor, f"http://{slug}.localhost:{kith.port}", seconds, made.database


def bring_customers(kith: Running, slug: str) -> float | None:
    """Import the 18,148 contacts into a workspace; the seconds, None where their file is not here."""
    if not CUSTOMERS.exists():
        return None
    told, seconds = _imported(kith, slug)
    if told["created"] != ROWS:
        raise StackError(f"The import created {told['created']} of {ROWS} contacts.")
    return seconds


def _imports(kith: Running, address: str) -> Iterator[Figure]:
    slug = address.removeprefix("http://").split(".")[0]
    seconds = bring_customers(kith, slug)
    if seconds is None:
        return
    yield Figure("import of 18,148 contacts", seconds, "s", 10)
    told, seconds = _imported(kith, slug)
    yield Figure("the same again", seconds, "s")
    yield Figure("created by the same again", told["created"], "contacts", 0)


def _imported(kith: Running, slug: str) -> tuple[dict[str, Any], float]:
    """What the import tells, and its seconds from being queued to its end."""
    command = [sys.executable, "-P", "-m", "app.cli", "--data", str(kith.data), "import"]
    command += ["--tenant", slug, "--object", "contacts", str(CUSTOMERS), "--json"]
    done = subprocess.run(command, cwd=ROOT, env=_environment(), capture_output=True, check=True)
    told = json.loads(done.stdout)
    queued, finished = (datetime.fromisoformat(told[name]) for name in ("queued_at", "finished_at"))
    return told, (finished - queued).total_seconds()


def _environment() -> dict[str, str]:
    return {"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"}


def _lists(kith: Running, visitor: Visitor, workspace: str) -> Iterator[Figure]:
    addresses = _pages(visitor, workspace)
    for address in addresses[:20]:
        visitor.get(address)
    chosen = random.Random(7).choices(addresses, k=REQUESTS)  # noqa: S311 - a mix, no secret
    before, times, size = _consumed(kith), [], 0
    for address in chosen:
        began = time.perf_counter()
        page = visitor.get(address)
        times.append((time.perf_counter() - began) * 1000)
        if page.status != 200:
            raise StackError(f"{address} answered {page.status}.")
        size = max(size, len(page.text))
    spent = {part: (after - before[part]) * 1000 / REQUESTS for part, after in _consumed(kith).items()}
    yield Figure("list of 50 contacts, p50", median(times), "ms")
    yield Figure("list of 50 contacts, p95", quantiles(times, n=20)[-1], "ms", 40)
    yield Figure("list of 50 contacts, processor time", sum(spent.values()), "ms", 12)
    for part, milliseconds in spent.items():
        yield Figure(f"of that in {part}", milliseconds, "ms")
    yield Figure("list of 50 contacts, largest body", size / 1000, "kB")


def _consumed(kith: Running) -> dict[str, float]:
    return {part: kith.processor_seconds(part) for part in SERVING}


def _pages(visitor: Visitor, workspace: str) -> list[str]:
    """Some fifty pages in several orders."""
    found = []
    for order in ("name", "-name", "-created_at", "city", "email"):
        address = f"{workspace}/contacts?sort={order}"
        for _ in range(10):
            found.append(address)
            following = _NEXT.search(visitor.get(address).text)
            if following is None:
                break
            address = workspace + following[1].replace("&amp;", "&")
    return found
