"""The demo company as a part of the first start."""

import json
from collections.abc import Mapping
from typing import Any

from app.commands import _processes
from stack import running
from stack.layout import Layout
from stack.units import Step


class Filling:
    """Makes the demo company once per data folder, and knows how to sign in to it."""

    def __init__(self, place: Layout) -> None:
        self._place = place
        self._said: list[str] = []

    def step(self, settings: Mapping[str, str], need: str) -> Step:
        return _processes.step("demo", ("demo", "--json"), settings, (need,), self._said.append)

    @property
    def is_done(self) -> bool:
        """Whether an earlier start has made it."""
        return "demo" in running.state(self._place)

    def lines(self) -> list[str]:
        """How to sign in; remembered for the next start."""
        if self._said:
            # Whatever a library warns of comes before the document.
            said = "\n".join(self._said)
            running.save(self._place, {"demo": json.loads(said[said.index("{") :])})
        demo: dict[str, Any] = running.state(self._place)["demo"]
        first = demo["people"][0]
        others = ", ".join(f"{one['email']} ({one['role']})" for one in demo["people"][1:])
        return [
            f"Demo     {demo['url']}",
            f"         sign in as {first['email']} ({first['role']})",
            f"         with the password: {demo['password']}",
            f"         or as {others}",
        ]
