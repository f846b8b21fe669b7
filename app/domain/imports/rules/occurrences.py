"""How often the same pair of cells came before in a file, so that repeated lines stay lines of their own."""

from collections import Counter
from collections.abc import Iterable

from app.domain.imports.rules.plan import Plan
from app.domain.imports.rules.records import Row


class Occurrences:
    """Counts pairs of order and product from the top of the file; knows up to which row it has counted."""

    def __init__(self, plan: Plan) -> None:
        places = {column.target: place for place, column in enumerate(plan.columns)}
        self._order, self._product = places.get("order_id"), places.get("product_id")
        self._seen: Counter[int] = Counter()
        self.row = 0

    @property
    def is_needed(self) -> bool:
        """Whether the plan has both columns at all."""
        return self._order is not None and self._product is not None

    def count(self, row: Row) -> int:
        """How many rows with the pair of `row` came before it."""
        self.row = row.number
        if self._order is None or self._product is None or row.fault:
            return 0
        pair = hash((row.cells[self._order].strip(), row.cells[self._product].strip()))
        self._seen[pair] += 1
        return self._seen[pair] - 1

    def catch_up(self, rows: Iterable[Row], last: int) -> None:
        """Count the rows up to number `last`, which an earlier run has stored."""
        for row in rows:
            if row.number > last:
                break
            self.count(row)
        self.row = last
