"""The API's figures: a list beside the least that could answer it, and new contacts at once."""

import json
import subprocess
import sys
import uuid
from collections.abc import Iterator, Mapping
from itertools import count
from statistics import median, quantiles

from app.bench import bare, load
from app.bench.foundation import Figure
from app.bench.load import Load
from app.bench.serving import serving
from app.bench.stack import Running
from app.config import ROOT
from stack.errors import StackError
from tenants import catalogue
from tenants.driver import psycopg_url
from tenants.engines import configure, engines

PARALLEL = 8
ROUNDS = 5
ROUND_SECONDS = 3.0
# The first of a process are not what a developer meets: statements are prepared, plans are settled.
WARMING_EACH, POSTS_EACH = 30, 60
LIST = "/api/v1/contacts?sort=name&limit=50"
_numbers = count(1)


def list_ratio(kith: Running, slug: str) -> Iterator[Figure]:
    """Lists of 50 of the workspace's contacts a second, by the API and by a bare application, in turns.

    Both run on granian with one process and the same threads, on the same PostgreSQL.
    """
    api, plain = [], []
    with serving(kith.settings) as ours:
        asked = _get(LIST, f"localhost:{kith.port}", token(kith, slug))
        with serving(_bare(kith, slug), "app.bench.bare:create_app") as other:
            bare_asked = _get("/contacts", "localhost")
            for place, request in ((ours, asked), (other, bare_asked)):
                load.run(place, lambda: request, parallel=PARALLEL, seconds=1)  # noqa: B023 - used at once
            for _ in range(ROUNDS):
                plain.append(_per_second(other, bare_asked))
                api.append(_per_second(ours, asked))
    yield Figure("API, lists of 50 contacts", median(api), "/s")
    yield Figure("bare Flask and Core, the same rows", median(plain), "/s")
    yield Figure("API beside bare", median(api) / median(plain), "x", 0.6, at_least=True)


def post_latency(kith: Running, slug: str) -> Iterator[Figure]:
    """New contacts with an Idempotency-Key, eight at once, on two processes as the front spreads them.

    Medians of some rounds: within one a checkpoint, or a neighbour of this machine, is a fifth of all.
    """
    access = token(kith, slug)
    with serving(kith.settings) as one, serving(kith.settings) as other:
        places = (one, other)
        load.run(places, lambda: _post(kith, access), parallel=PARALLEL, each=WARMING_EACH, good=201)
        rounds = [
            load.run(places, lambda: _post(kith, access), parallel=PARALLEL, each=POSTS_EACH, good=201)
            for _ in range(ROUNDS)
        ]
    yield Figure("POST of a contact with key, at 8", median(each.per_second for each in rounds), "/s")
    yield Figure("POST of a contact with key, p50", median(_milliseconds(each, 50) for each in rounds), "ms")
    yield Figure(
        "POST of a contact with key, p95", median(_milliseconds(each, 95) for each in rounds), "ms", 30
    )


def _milliseconds(done: Load, percent: int) -> float:
    return quantiles(done.times, n=100)[percent - 1] * 1000


def token(kith: Running, slug: str, scopes: str = "contacts:read contacts:write") -> str:
    """An access token of a fresh client of the workspace, got as a developer gets it."""
    command = [sys.executable, "-P", "-m", "app.cli", "--data", str(kith.data), "client", "create"]
    command += ["--tenant", slug, "--name", "Bench", "--scopes", scopes, "--json"]
    own = {"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"}
    made = subprocess.run(command, cwd=ROOT, env=own, capture_output=True, check=True)
    client = json.loads(made.stdout)
    asked = {**client, "grant_type": "client_credentials", "scope": scopes}
    return str(_form(kith, "/oauth/token", asked)["access_token"])


def _form(kith: Running, path: str, values: Mapping[str, str]) -> dict[str, str]:
    command = ["curl", "-s", f"{kith.address}{path}"]
    for name, value in values.items():
        command += ["--data-urlencode", f"{name}={value}"]
    told: dict[str, str] = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    if "access_token" not in told:
        raise StackError(f"{path} gave no token: {told}")
    return told


def _per_second(place: int, request: bytes) -> float:
    return load.run(place, lambda: request, parallel=PARALLEL, seconds=ROUND_SECONDS).per_second


def _get(path: str, host: str, access: str = "") -> bytes:
    bearer = f"Authorization: Bearer {access}\r\n" if access else ""
    return f"GET {path} HTTP/1.1\r\nHost: {host}\r\nAccept: application/json\r\n{bearer}\r\n".encode()


def _post(kith: Running, access: str) -> bytes:
    number = next(_numbers)
    name = uuid.uuid4().hex[:12]
    contact = {"first_name": "Ada", "last_name": f"Bench {number}", "email": f"{name}@bench.example"}
    body = json.dumps(contact).encode()
    head = (
        f"POST /api/v1/contacts HTTP/1.1\r\nHost: localhost:{kith.port}\r\nAuthorization: Bearer {access}\r\n"
        f"Idempotency-Key: {name}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def _bare(kith: Running, slug: str) -> dict[str, str]:
    """Where the workspace's rows lie, for an application that knows nothing of workspaces."""
    settings = kith.settings
    configure(settings["KITH_DATABASE_URL"], settings["KITH_SECRET_KEYS"].split(","))
    tenant = catalogue.by_slug(slug)
    if tenant is None:
        raise StackError(f"There is no workspace {slug}.")
    url = psycopg_url(engines().cell_url(tenant.cell))
    engines().dispose()
    return {**settings, bare.URL: url, bare.SCHEMA: tenant.schema}
