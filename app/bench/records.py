"""The record engine's figures, on a company with very many records."""

from collections.abc import Callable, Iterator
from pathlib import Path

from app.bench import (
    records_bulk,
    records_doubts,
    records_duplicates,
    records_ground,
    records_limits,
    records_lists,
    records_pairs,
    records_search,
    records_several,
    records_slow,
    records_writes,
)
from app.bench.foundation import Figure
from app.bench.records_ground import Office

CONTACTS = 1_000_000

PARTS: dict[str, Callable[[Office], Iterator[Figure]]] = {
    "lists": records_lists.figures,
    "slow": records_slow.figures,
    "search": records_search.figures,
    "writes": records_writes.figures,
    "duplicates": records_duplicates.figures,
    "doubts": records_doubts.figures,
    "pairs": records_pairs.figures,
    "bulk": records_bulk.aside,
    "limits": records_limits.figures,
    "several": records_several.figures,
}


def run(*, contacts: int = CONTACTS, keep: Path | None = None, part: str | None = None) -> Iterator[Figure]:
    """Every figure as it is measured, or those of one part; what is filled into `keep` is there next time."""
    with records_ground.laid(contacts, keep) as office:
        yield Figure("contacts", office.contacts, "records")
        for name, figures in PARTS.items():
            if part in {None, name}:
                yield from figures(office)
