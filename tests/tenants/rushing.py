"""A process in which many companies sign up at the same moment: prints what became of each, as JSON.

python -m tests.tenants.rushing PREFIX COUNT, with the KITH_* variables; begins when a line comes in.
"""

import json
import os
import sys
import threading
import time
import traceback
from concurrent.futures import ThreadPoolExecutor

from flask import Flask

from app import config
from app.domain.signup.actions import create_workspace
from app.domain.signup.rules import Request
from app.factory import create_app
from tenants import breaker
from tenants.session import unit_of_work


def sign_up(app: Flask, slug: str, begins: threading.Barrier) -> dict[str, object]:
    """One company: how long it took in seconds, and its schema or the error."""
    request = Request(slug.title(), "Ann Berg", f"ann@{slug}.example", "wandern im harz", slug)
    begins.wait()
    began = time.perf_counter()
    try:
        with app.app_context(), unit_of_work():
            made = create_workspace(request).tenant
    except Exception:
        return {"error": traceback.format_exc(), "seconds": time.perf_counter() - began}
    return {"schema": made.schema, "cell": made.cell, "seconds": time.perf_counter() - began}


if __name__ == "__main__":
    prefix, count = sys.argv[1], int(sys.argv[2])
    # A machine that stands still for seconds is no cell that is silent.
    breaker.SUSPICIOUS_SECONDS, breaker.CONNECT_SECONDS = 60.0, 60
    kith = create_app(config.load(os.environ))
    barrier = threading.Barrier(count)
    print("ready", flush=True)
    sys.stdin.readline()
    with ThreadPoolExecutor(count) as pool:
        outcomes = pool.map(lambda number: sign_up(kith, f"{prefix}-{number}", barrier), range(count))
        print(json.dumps(list(outcomes)), flush=True)
