"""One move from its beginning until the tenant is open over there: look, look again, close, compare, flip."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import psycopg

from tenants import operations, owner
from tenants.context import Tenant
from tenants.copying import ending, fence, layout, outbox, rows, site, structure, sums
from tenants.copying.ending import CannotMove
from tenants.copying.layout import Table
from tenants.copying.links import opened, snapshot
from tenants.engines import engines
from tenants.operations import Operation
from tenants.owner import Connection

Told = Callable[[Operation], None]

DRAIN_SECONDS = 10.0
# The last look at what changed is short when the one before it was.
_ROUNDS, _SHORT_SECONDS = 3, 0.5


@dataclass
class Move:
    """One move from its beginning until it waits to be confirmed."""

    tenant: Tenant
    cell: str
    operation: Operation
    told: Told

    def run(self) -> Operation:
        here = engines()
        schema = self.tenant.schema
        self._step("build")
        stands = _standing(self.tenant)
        bucket = site.build(self.cell, schema, *stands)
        with ExitStack() as ours:
            source = ours.enter_context(opened(here.cell_url(self.tenant.cell), schema))
            target = ours.enter_context(opened(here.cell_url(self.cell), schema))
            found = layout.tables(source, schema)
            aside, since = self._copy(source, target, found)
            since = self._catch_up(source, target, found, since)
            frozen = time.monotonic()
            self._close(source, found)
            guard = ours.enter_context(owner.connect(here.cell_url(self.tenant.cell)))
            ours.enter_context(guard.transaction())
            if layout.standing(guard, schema, hold=True) != stands:
                raise CannotMove("The schema was migrated meanwhile. Try again.")
            proof = self._finish_copy(source, target, found, aside, since)
            self._step("flip")
            ending.flip(self.tenant, self.cell, bucket.login, stands.revision)
            seconds = time.monotonic() - frozen
        return ending.settle(self.operation, {"frozen_seconds": round(seconds, 3), "tables": proof})

    def _copy(
        self, source: Connection, target: Connection, found: list[Table]
    ) -> tuple[structure.PutAside, str]:
        """Everything as of one moment, indexed and counted, while the tenant works on."""
        schema = self.tenant.schema
        own = structure.own_indexes(source, target, schema)
        aside = structure.put_aside(target, schema, layout.big_tables(source, schema), extra=own)
        with snapshot(source) as since:
            for number, table in enumerate(found):
                self._step("copy", number, len(found))
                rows.pipe(source, target, table)
        self._step("index")
        structure.build_indexes(target, aside)
        structure.analyse(target, [table.name for table in found])
        return aside, since

    def _catch_up(self, source: Connection, target: Connection, found: list[Table], since: str) -> str:
        """What changed meanwhile, again and again until that is quickly done."""
        for number in range(_ROUNDS):
            self._step("catch up", number, _ROUNDS)
            began = time.monotonic()
            with snapshot(source) as until:
                for table in found:
                    rows.pipe_changed(source, target, table, since)
            since = until
            if time.monotonic() - began < _SHORT_SECONDS:
                break
        return since

    def _close(self, source: Connection, found: list[Table]) -> None:
        """From here on nobody gets in, and then nobody writes."""
        schema = self.tenant.schema
        self._step("close", data={"rights": fence.rights(source, schema)})
        ending.freeze(self.tenant)
        try:
            fence.close(source, schema, found, DRAIN_SECONDS)
        except fence.StillWriting as error:
            raise CannotMove(f"{self.tenant.name} was too busy: {error}. Try again later.") from error

    def _finish_copy(
        self,
        source: Connection,
        target: Connection,
        found: list[Table],
        aside: structure.PutAside,
        since: str,
    ) -> dict[str, list[Any]]:
        """The last changes, the jobs, the foreign keys; what both sides add up to, which must be the same."""
        self._step("last changes")
        for table in found:
            rows.pipe_changed(source, target, table, since)
        try:
            outbox.hand_over(source, target, self.tenant.schema)
        except psycopg.errors.LockNotAvailable as error:
            raise CannotMove(f"{self.tenant.name} is at a long job. Try again later.") from error
        self._step("compare")
        with ThreadPoolExecutor(1) as beside:
            sent = beside.submit(sums.of_tables, source, found)
            structure.add_foreign_keys(target, aside)
            arrived = sums.of_tables(target, found)
            try:
                sums.compare(sent.result(), arrived)
            except sums.Mismatch as error:
                raise CannotMove(f"{error} Nothing has moved.") from error
        return {name: list(each) for name, each in arrived.items()}

    def _step(self, name: str, done: int = 0, total: int | None = None, **more: Any) -> None:
        self.operation = operations.step(self.operation, name, done, total, **more)
        self.told(self.operation)


def _standing(tenant: Tenant) -> layout.Standing:
    with owner.connect(engines().cell_url(tenant.cell)) as source:
        stands = layout.standing(source, tenant.schema)
    if stands is None:
        raise CannotMove(f"{tenant.cell} does not know the schema of {tenant.name}.")
    return stands
