"""How long things take within this process."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from statistics import median, quantiles
from typing import TypeVar

from app.bench.foundation import Figure
from app.bench.records_spent import Server

T = TypeVar("T")


@dataclass
class Times:
    """Milliseconds of each try, with what was tried; of the server planning and running, where it counts."""

    server: Server | None = None
    wall: list[float] = field(default_factory=list)
    slowest: list[tuple[float, str]] = field(default_factory=list)
    planning: list[float] = field(default_factory=list)
    running: list[float] = field(default_factory=list)

    def take(self, what: str, act: Callable[[], T]) -> T:
        """Do it once and note how long it took."""
        if self.server:
            self.server.spent()
        began = time.perf_counter()
        done = act()
        spent = (time.perf_counter() - began) * 1000
        self.wall.append(spent)
        self.slowest = sorted([*self.slowest, (spent, what)], reverse=True)[:5]
        if self.server:
            planning, running = self.server.spent()
            self.planning.append(planning)
            self.running.append(running)
        return done

    @property
    def p50(self) -> float:
        """The median."""
        return median(self.wall)

    @property
    def p95(self) -> float:
        """What nineteen of twenty keep within."""
        return _p95(self.wall)

    def figures(self, name: str, bar: float | None) -> Iterator[Figure]:
        """Median and 95th percentile, with the slowest beneath where the bar is missed."""
        yield Figure(f"{name}, p50", self.p50, "ms")
        yield Figure(f"{name}, p95", self.p95, "ms", bar)
        if self.server:
            yield Figure("  the longest", max(self.wall), "ms")
            yield Figure("  planned by the server, p50", median(self.planning), "ms")
            yield Figure("  planned by the server, p95", _p95(self.planning), "ms")
            yield Figure("  run by the server, p50", median(self.running), "ms")
            yield Figure("  run by the server, p95", _p95(self.running), "ms")
        if bar is not None and self.p95 > bar:
            for spent, what in self.slowest:
                yield Figure(f"  slow: {what}", spent, "ms")


def _p95(values: list[float]) -> float:
    return quantiles(values, n=20)[-1] if len(values) > 1 else values[0]
