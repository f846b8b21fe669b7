"""How much of what is double is found, and how much of what is found is double."""

import pytest

from app.core.actor import Actor
from tests.domain.duplicates.measuring import FEBRL, febrl, made, measured


def test_people_typed_twice_are_found(ann: Actor) -> None:
    figures = measured(ann, made(300))
    print(f"made sample: {figures}")

    assert figures.precision >= 0.85
    assert figures.recall >= 0.9


@pytest.mark.parametrize(
    ("name", "precision", "recall"),
    [("dataset1.csv", 0.98, 0.8), ("dataset2.csv", 0.97, 0.75), ("dataset3.csv", 0.97, 0.7)],
)
def test_febrl_people_are_found(ann: Actor, name: str, precision: float, recall: float) -> None:
    if not (FEBRL / name).exists():
        pytest.skip(f"febrl's {name} is not here; KITH_FEBRL_DIR names the folder it lies in")
    figures = measured(ann, febrl(name))
    print(f"febrl {name}: {figures}")

    assert figures.precision >= precision
    assert figures.recall >= recall
