"""What a sign-up waits for until a spare is its own: taken, and active for its owner."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median, quantiles

import psycopg

from app.bench.foundation import Figure
from app.bench.tenancy_ground import Ground
from app.core.ids import new_id
from tenants import provisioning, stopwatch
from tenants.engines import engines

CLAIMS, BUILDS, WARM = 100, 20, 10
BAR, BAR_WITHOUT = 5, 300


def figures(ground: Ground) -> Iterator[Figure]:
    """Milliseconds of the claims' waits for the database; without a spare of the whole, building included."""
    provisioning.ensure_spares(WARM + CLAIMS)
    taken = [_claim(f"claimed-{number}") for number in range(WARM + CLAIMS)][WARM:]
    waited = [database for database, _ in taken]
    yield Figure("claim of a spare, database, p50", median(waited), "ms")
    yield Figure("claim of a spare, database, p95", quantiles(waited, n=20)[-1], "ms", BAR)
    with _no_spares(ground):
        built = [whole for _, whole in (_claim(f"built-{number}") for number in range(BUILDS))]
    yield Figure("claim without a spare, p50", median(built), "ms")
    yield Figure("claim without a spare, p95", quantiles(built, n=20)[-1], "ms", BAR_WITHOUT)


def _claim(slug: str) -> tuple[float, float]:
    """Milliseconds until `slug` is taken and its owner's: those of waiting for the database, and all."""
    began = time.perf_counter()
    with stopwatch.running() as waited:
        claimed = provisioning.claim(slug, slug, signup_id=new_id())
        with engines().catalogue.begin() as connection:
            connection.execute(provisioning.activating(claimed))
    return waited.seconds * 1000, (time.perf_counter() - began) * 1000


@contextmanager
def _no_spares(ground: Ground) -> Iterator[None]:
    """Whatever is spare is in somebody else's hands."""
    with psycopg.connect(ground.settings.database_url) as other:
        other.execute("SELECT FROM kith.tenants WHERE state = 'spare' FOR UPDATE")
        yield
        other.rollback()
