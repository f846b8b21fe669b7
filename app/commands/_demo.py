"""The demo company as a part of the first start."""

import json
from collections.abc import Mapping
from typing import Any

from app import programs
from stack import running
from stack.layout import Layout
from stack.units import Step


class Filling:
    """Makes the demo company once per data folder, and knows how to sign in to it."""

    def __init__(self, place: Layout) -> None:
        self._place = place
        self._said = ""

    def step(self, settings: Mapping[str, str], need: str) -> Step:
        return programs.step("demo", ("demo", "--json"), settings, (need,), self._hear)

    @property
    def is_done(self) -> bool:
        """Whether an earlier start has made it."""
        return "demo" in running.state(self._place)

    def lines(self) -> list[str]:
        """How to sign in, as far as it is known here."""
        demo: dict[str, Any] = running.state(self._place).get("demo", {})
        people: list[dict[str, str]] = demo.get("people", [])
        lines = [f"Demo     {demo['url']}"] if demo else []
        if people:
            others = ", ".join(f"{one['email']} ({one['role']})" for one in people[1:])
            lines.append(f"         sign in as {people[0]['email']} ({people[0]['role']})")
            lines.append(f"         with the password: {demo['password']}")
            lines.append(f"         or as {others}")
        if customers := demo.get("customers"):
            lines.append(f"Portal   {demo['portal']}")
            lines.append(f"         sign in as {customers[0]['email']} with the same password")
        return lines

    def _hear(self, line: str) -> None:
        """Remembers the document for every later start, as soon as it is whole."""
        # Whatever a library warns of comes before it.
        if self._said or line == "{":
            self._said += line + "\n"
        if line == "}":
            running.save(self._place, {"demo": json.loads(self._said)})
