"""The roll-ups' figure: how soon a new record, made through the API, is counted where it belongs."""

import json
import time
from collections.abc import Iterator, Mapping
from http.client import HTTPConnection
from statistics import median, quantiles
from typing import Any

from app import config
from app.bench import doors_api
from app.bench.foundation import Figure
from app.bench.stack import Running
from app.core.actor import Actor
from app.core.permissions import EVERYTHING
from app.domain.modelling import actions as modelling
from app.domain.modelling.rules import FieldWish
from app.factory import create_app
from stack.errors import StackError
from tenants import catalogue
from tenants.context import entered
from tenants.engines import engines
from tenants.session import unit_of_work

TRIES, EVERY_SECONDS, PATIENCE_SECONDS = 30, 0.01, 30.0
SCOPES = "companies:read companies:write deals:read deals:write"
_KITH = Actor("system", None, "Kith", "command", EVERYTHING)
_COUNT = {"object": "deals", "field": "company_id", "aggregate": "count"}
_WISH = FieldWish("rollup", {"en": "Deals"}, name="deals_of_it", rollup=_COUNT)


def latency(kith: Running, slug: str) -> Iterator[Figure]:
    """From the answer to a new deal until its company says so, asked every 10 ms by the same client."""
    _describe(kith, slug)
    client = _Client(kith, doors_api.token(kith, slug, SCOPES))
    company = client.send("POST", "/companies", {"name": "Rolled up"})["id"]
    times = [_counted(client, str(company), number) for number in range(TRIES + 1)][1:]
    yield Figure("roll-up of a new deal, p50", median(times), "ms")
    yield Figure("roll-up of a new deal, p95", quantiles(times, n=20)[-1], "ms", 1000)


def _counted(client: "_Client", company: str, before: int) -> float:
    """Milliseconds until the company counts one deal more than `before`."""
    client.send("POST", "/deals", {"name": "Pumps", "company_id": company})
    began = time.perf_counter()
    while time.perf_counter() - began < PATIENCE_SECONDS:
        if client.send("GET", f"/companies/{company}?fields=x_deals_of_it")["x_deals_of_it"] > before:
            return (time.perf_counter() - began) * 1000
        time.sleep(EVERY_SECONDS)
    raise StackError("The roll-up was not counted.")


def _describe(kith: Running, slug: str) -> None:
    app = create_app(config.load(dict(kith.settings)))
    tenant = catalogue.by_slug(slug)
    with app.app_context(), entered(tenant), unit_of_work():
        modelling.add_field(_KITH, "companies", _WISH)
    engines().dispose()


class _Client:
    """A program with a token, on one kept connection."""

    def __init__(self, kith: Running, token: str) -> None:
        self._connection = HTTPConnection("localhost", kith.port)
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def send(self, method: str, path: str, values: Mapping[str, Any] | None = None) -> dict[str, Any]:
        body = None if values is None else json.dumps(values)
        self._connection.request(method, f"/api/v1{path}", body, self._headers)
        answer = self._connection.getresponse()
        told: dict[str, Any] = json.loads(answer.read())
        if answer.status >= 300:
            raise StackError(f"{method} {path} answered {answer.status}: {told}")
        return told
