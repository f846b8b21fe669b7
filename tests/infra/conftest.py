"""The checks' tools, missing ones skipped with a sentence; under CI only what no package brings may be."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.infra import provider, terraform, tools
from tests.infra.provider import Provider
from tests.infra.terraform import Module

Tool = Callable[[str], Path]


@pytest.fixture(scope="session")
def tool() -> Tool:
    """Finds a program of requirements-infra.txt by its name."""

    def find(name: str) -> Path:
        try:
            return tools.tool(name)
        except tools.Missing as missing:
            _without(missing)
            raise

    return find


@pytest.fixture(scope="session")
def aws() -> Provider:
    """What the AWS provider knows."""
    try:
        wheel = tools.wheel()
    except tools.Missing as missing:
        _without(missing)
        raise
    with tools.alone():
        return provider.load(wheel, tools.PLACE / f"{wheel.stem}.json.gz")


@pytest.fixture(scope="session")
def environment() -> Module:
    """infra/terraform, parsed."""
    return terraform.read(terraform.FOLDER)


def _without(missing: tools.Missing) -> None:
    under_ci = os.environ.get("CI", "").lower() in {"1", "true", "yes"}
    if not under_ci or isinstance(missing, tools.NotForThisMachine):
        pytest.skip(f"{missing}.")
