"""What is said about a company whose pages are slow."""

import pytest

from app.domain.operators.advice import BUSY, COLD, DATABASE, DOORS, FINE, JOBS, LARGE, Load, advice

DAY = 86_400.0


@pytest.mark.parametrize(
    ("load", "told"),
    [
        (Load(3, 9_000, 100, 0, 0.1, 0), COLD),
        (Load(100, 60_000, 50_000, 0, 0.1, 500_000), LARGE),
        (Load(100, 60_000, 50_000, 0, 0.1, 50), DATABASE),
        (Load(100, 60_000, 5_000, 0, 0.1, 50), DOORS),
        (Load(100, 5_000, 100, 40_000, 0.1, 0), JOBS),
        (Load(10_000, 300_000, 9_000, 0, 0.5, 0), BUSY),
        (Load(100, 3_000, 900, 10, 0.1, 0), FINE),
    ],
)
def test_each_load_has_its_sentence(load: Load, told: str) -> None:
    assert advice(load, DAY) == told


def test_nothing_asked_divides_by_nothing() -> None:
    none = Load(0, 0, 0, 0, 0.0, 0)
    assert (none.average_ms, none.database_share) == (0.0, 0.0)
