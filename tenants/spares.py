"""Spares kept ahead of sign-ups: twice what the busiest hour of late took, built a few at a time."""

import logging
from typing import NamedTuple

from sqlalchemy import text

from tenants import building, placing, revisions
from tenants.breaker import CellDown
from tenants.context import Mode, transactions
from tenants.engines import engines

log = logging.getLogger("kith.tenants")

FEWEST = 20
# How many are built at once, one after the other: whoever waits for a page waits for none of them.
AT_ONCE = 3

_NEEDS = text("""
SELECT cell.id,
       (SELECT count(*) FROM tenants
         WHERE cell_id = cell.id AND state = 'spare' AND schema_rev <> ALL (:behind)) AS there,
       (SELECT coalesce(max(hour.claims), 0)
          FROM (SELECT count(*) AS claims FROM tenants
                 WHERE cell_id = cell.id AND claimed_at > now() - interval '24 hours'
                 GROUP BY floor(extract(epoch FROM now() - claimed_at) / 3600)) AS hour) AS busiest,
       cell.capacity - (SELECT coalesce(sum(tenants_count), 0) FROM buckets
                         WHERE cell_id = cell.id)::int AS room,
       EXISTS (SELECT FROM tenants
                WHERE cell_id = cell.id AND claimed_at > now() - interval '3 seconds') AS is_busy
  FROM cells AS cell WHERE cell.id = ANY(:cells) ORDER BY cell.id
""")


class Need(NamedTuple):
    """What a cell has and lacks; `busiest` is the number of sign-ups in the busiest of the last 24 hours."""

    cell: str
    there: int
    busiest: int
    room: int
    is_busy: bool

    @property
    def wanted(self) -> int:
        """How many spares the cell is to have."""
        return max(FEWEST, 2 * self.busiest)

    @property
    def next(self) -> int:
        """How many it is to have after the next few are built.

        While companies sign up nothing is built beside them, as long as half of the spares are there.
        """
        if self.is_busy and 2 * self.there >= self.wanted:
            return self.there
        return max(self.there, min(self.wanted, self.there + AT_ONCE, self.there + self.room))


def needs() -> list[Need]:
    """What each cell that takes new companies needs."""
    values = {"cells": placing.open_cells(), "behind": revisions.behind()}
    with transactions(Mode(read_only=True)), engines().catalogue.begin() as connection:
        return [Need(*row) for row in connection.execute(_NEEDS, values)]


def keep() -> int:
    """Build a few spares where they run low; how many. A cell that breaks off leaves the others theirs."""
    built = 0
    for need in needs():
        if need.next <= need.there:
            continue
        try:
            built += building.fill(need.cell, need.next)
        except CellDown as down:
            log.warning("no spares can be built: %s", down)
        except Exception:
            log.exception("building spares in %s failed", need.cell)
    return built
