"""The doors' figures: the API beside the least that could answer, live streams, the portal, discovery."""

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from app.bench import doors_api, doors_live, doors_mail, doors_rollups, foundation, stack
from app.bench.foundation import Figure
from app.bench.stack import Running
from app.bench.visitor import Visitor
from app.config import ROOT
from stack.errors import StackError


def run(*, cold: bool) -> Iterator[Figure]:  # noqa: ARG001 - the same for every bench
    """Every figure as it is measured, each part on a stack of its own or after the others."""
    folder = Path(tempfile.mkdtemp(prefix="kith-bench-"))
    try:
        with stack.up(folder / "var") as kith:
            yield from _reports(kith)
            visitor, workspace = foundation.workspace(kith, "Bench")
            if foundation.bring_customers(kith, "bench") is not None:
                yield from doors_api.list_ratio(kith, "bench")
            yield from doors_api.post_latency(kith, "bench")
            yield from doors_rollups.latency(kith, "bench")
            yield from doors_live.signal_latency(visitor, workspace)
            yield from doors_live.idle_connections(kith, visitor, workspace)
        yield from doors_mail.first_sync()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _reports(kith: Running) -> Iterator[Figure]:
    """A customer of the demo company reports, and a member's page hears of it."""
    demo = _demo(kith)
    customer, member = Visitor(), Visitor()
    portal = f"http://nordwind-portal.localhost:{kith.port}"
    _signed_in(customer, f"{portal}/sign-in", demo["customers"][0]["email"], demo["password"])
    address = f"{kith.address}/sign-in?workspace=nordwind"
    _signed_in(member, address, demo["people"][0]["email"], demo["password"])
    workspace = f"http://nordwind.localhost:{kith.port}"
    yield from doors_live.incident_to_bar(customer, portal, member, workspace)


def _demo(kith: Running) -> dict[str, Any]:
    command = [sys.executable, "-P", "-m", "app.cli", "--data", str(kith.data), "demo", "--json"]
    own = {"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"}
    made = subprocess.run(command, cwd=ROOT, env=own, capture_output=True, check=True)
    told: dict[str, Any] = json.loads(made.stdout)
    return told


def _signed_in(visitor: Visitor, form: str, email: str, password: str) -> None:
    page = visitor.follow(visitor.post(form, {"email": email, "password": password}))
    if page.status != 200:
        raise StackError(f"Signing in as {email} answered {page.status}.")
