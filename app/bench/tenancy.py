"""Tenancy's figures: what it costs, how it grows, and that nothing crosses from tenant to tenant."""

from collections.abc import Callable, Iterator
from pathlib import Path

from app.bench import (
    tenancy_claims,
    tenancy_fairness,
    tenancy_ground,
    tenancy_many,
    tenancy_memory,
    tenancy_migrations,
    tenancy_mixing,
    tenancy_moves,
    tenancy_overhead,
)
from app.bench.foundation import Figure
from app.bench.tenancy_ground import Ground

TENANTS, REQUESTS = 60, 5_000

Part = Callable[[Ground], Iterator[Figure]]
# In this order; each part takes the ground as the others leave it.
PARTS: dict[str, Part] = {
    "claims": tenancy_claims.figures,
    "overhead": tenancy_overhead.figures,
    "mixing": tenancy_mixing.figures,
    "moves": tenancy_moves.figures,
    "many": tenancy_many.figures,
    "memory": tenancy_memory.figures,
    "fairness": tenancy_fairness.figures,
    # Last: it leaves the schemas at a revision that the product does not have.
    "migrations": tenancy_migrations.figures,
}


def run(
    *, tenants: int = TENANTS, requests: int = REQUESTS, keep: Path | None = None, part: str | None = None
) -> Iterator[Figure]:
    """Every figure as it is measured, or those of one part, on one ground with so many `tenants`.

    What is built in `keep` is there next time.
    """
    with tenancy_ground.laid(tenants, requests, kept=keep) as ground:
        for name, figures in PARTS.items():
            if part in {None, name}:
                yield from figures(ground)
