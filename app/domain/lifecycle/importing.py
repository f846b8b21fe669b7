"""Bringing a company back from its archive, as a new one beside whatever is there.

Everything is verified before anything is made. An import that was killed is begun anew by the same call:
what it had made goes first.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
import psycopg
from psycopg import sql

from app.core import storage
from app.domain.lifecycle import manifest, people
from app.domain.lifecycle.archive import BadArchive, Reader
from tenants import catalogue, names, operations, provisioning, slugs
from tenants.context import Tenant, entered
from tenants.copying import arriving, outbox, rows, sums
from tenants.copying.layout import Standing, Table
from tenants.copying.links import opened
from tenants.copying.sums import Sum
from tenants.engines import engines
from tenants.operations import Operation
from tenants.owner import Connection
from tenants.session import unit_of_work

log = logging.getLogger("kith.lifecycle")

KIND = "import"
# More rows than these are quicker entered without their indexes.
_MANY_ROWS = 2_000
Told = Callable[[Operation], None]

_KEYS = """
UPDATE files SET storage_key = {schema} || '/' || id, thumbnail_key = CASE
       WHEN thumbnail_key IS NOT NULL THEN {schema} || '/' || id || '-thumbnail' END
"""
# What jobs know of places in the file store is of the new company's from now on.
_PLACES = """
UPDATE jobs SET params = replace(params::text, %(old)s, %(new)s)::jsonb,
       checkpoint = replace(checkpoint::text, %(old)s, %(new)s)::jsonb
"""
_MISSING = (
    "UPDATE files SET state = 'refused', problem = 'missing' WHERE state = 'ready' AND id = ANY (%s::uuid[])"
)


@dataclass(frozen=True)
class Wish:
    """What an operator asks for: `cell` None is the emptiest, `name` and `plan` None as it was or as usual.

    `timers` None brings what is due only where the original does not live here.
    """

    slug: str
    cell: str | None = None
    name: str | None = None
    plan: str | None = None
    timers: bool | None = None


def bring(path: Path, wish: Wish, told: Told = lambda _: None) -> tuple[Tenant, Operation]:
    """The company of the archive at `path` as a new tenant, open; within an app context.

    Raises BadArchive, SlugTaken, or what went wrong; then nothing is left of it.
    """
    if slugs.fault(wish.slug) is not None:
        raise provisioning.SlugTaken(wish.slug)
    with path.open("rb") as file:
        archive = Reader(file)
        told_of = manifest.checked(archive.manifest)
        clear_leftovers(wish.slug)
        if not provisioning.is_free(wish.slug):
            raise provisioning.SlugTaken(wish.slug)
        cell = wish.cell or arriving.cell_for(None)
        data = {"file": str(path), "schema": names.new_schema(), "cell": cell}
        operation = operations.begin(KIND, None, data, slug=wish.slug)
        with operations.held(operation):
            try:
                return _Import(archive, told_of, wish, operation, told).run()
            except BaseException as error:
                _give_up(operation)
                operations.fail(operation, f"{type(error).__name__}: {error}")
                raise


def clear_leftovers(slug: str | None = None, seconds: float = 0) -> None:
    """Remove what killed imports have left (of one address, if named) and nobody wrote to for so long."""
    for operation in operations.running(KIND):
        if slug not in {None, operation.slug} or operations.idle_seconds(operation) < seconds:
            continue
        try:
            with operations.held(operation):
                _give_up(operation)
                operations.fail(operation, "It was killed; what it had made is removed.")
        except operations.AlreadyRunning:
            if slug is not None:
                raise


@dataclass
class _Import:
    """One import from the verified manifest to an open tenant."""

    archive: Reader
    manifest: dict[str, Any]
    wish: Wish
    operation: Operation
    told: Told

    def run(self) -> tuple[Tenant, Operation]:
        self._verify()
        self._step("build")
        known = self.operation.data
        name = self.wish.name or self.manifest["tenant"]["name"]
        tenant = arriving.prepare(
            self.wish.slug,
            name,
            cell=known["cell"],
            schema=known["schema"],
            stands=Standing(self.manifest["revision"], self.manifest["later"]),
            plan=self.wish.plan,
        )
        with opened(engines().cell_url(tenant.cell), tenant.schema) as target:
            self._enter_rows(target, tenant)
            arriving.upgrade(target, tenant)
            self._enter_files(tenant)
            self._enter_people(tenant)
            timers = self._enter_timers(target, tenant)
            self._step("open")
            tenant = arriving.open_doors(tenant)
        data = {"timers": timers, "tenant": str(tenant.id), "tables": self.manifest["tables"]}
        return tenant, operations.finish(self.operation, data)

    def _verify(self) -> None:
        total = sum(each["size"] for each in self.manifest["entries"])
        reported = 0
        self._step("verify", 0, total)
        for done in self.archive.verify():
            if done - reported > 50_000_000:
                self._step("verify", done, total)
                reported = done

    def _enter_rows(self, target: Connection, tenant: Tenant) -> None:
        told = self.manifest["tables"]
        big = {name for name, each in told.items() if each["rows"] > _MANY_ROWS}
        found, aside = arriving.ready(target, tenant, big)
        arrived = {}
        wanted = [table for table in found if table.name in told]
        for number, table in enumerate(wanted):
            self._step("rows", number, len(wanted))
            arrived[table.name] = self._enter(target, table, told[table.name]["columns"])
        try:
            sums.compare({name: Sum(each["rows"], each["checksum"]) for name, each in told.items()}, arrived)
        except sums.Mismatch as error:
            raise BadArchive(str(error)) from error
        target.execute(sql.SQL(_KEYS).format(schema=sql.Literal(tenant.schema)))
        old = names.tenant_name(self.manifest["tenant"]["schema"])
        target.execute(_PLACES, {"old": f"{old}/", "new": f"{tenant.schema}/"})
        missing = [name for name in self.manifest["missing"] if not name.endswith("-thumbnail")]
        target.execute(_MISSING, [missing])
        self._step("index")
        try:
            arriving.complete(target, aside, found)
        except psycopg.errors.ForeignKeyViolation as error:
            raise BadArchive(
                f"Rows of the archive refer to others that it does not hold: {error}."
            ) from error

    def _enter(self, target: Connection, table: Table, columns: list[str]) -> Sum:
        if list(table.columns) != columns:
            raise BadArchive(
                f"The columns of {table.name} are not those of revision {self.manifest['revision']}."
            )
        try:
            rows.write_csv(target, table, self.archive.read(f"rows/{table.name}.csv"))
        except (psycopg.DataError, psycopg.IntegrityError) as error:
            raise BadArchive(f"Rows of {table.name} cannot be entered: {error}.") from error
        return sums.of_table(target, table)

    def _enter_files(self, tenant: Tenant) -> None:
        files = [each["name"] for each in self.manifest["entries"] if each["name"].startswith("files/")]
        for number, name in enumerate(files):
            if number % 20 == 0:
                self._step("files", number, len(files))
            key = f"{tenant.schema}/{name.removeprefix('files/')}"
            storage.put_pieces(key, self.archive.read(name))

    def _enter_people(self, tenant: Tenant) -> None:
        self._step("people")
        with entered(tenant), unit_of_work():
            people.seat(tenant, self._json("people.json"))
            people.settle_apps(tenant, self._json("apps.json"))

    def _enter_timers(self, target: Connection, tenant: Tenant) -> int:
        """A copy beside the living original keeps quiet: what is due there must not happen twice."""
        wanted = self.wish.timers
        if wanted is None:
            wanted = catalogue.by_id(UUID(self.manifest["tenant"]["id"])) is None
        if not wanted:
            return 0
        return outbox.write_csv(target, tenant.schema, self.archive.read("timers.csv"))

    def _json(self, name: str) -> Any:
        return orjson.loads(b"".join(self.archive.read(name)))

    def _step(self, name: str, done: int = 0, total: int | None = None) -> None:
        self.operation = operations.step(self.operation, name, done, total)
        self.told(self.operation)


def _give_up(operation: Operation) -> None:
    known = operation.data
    storage.delete_all(f"{known['schema']}/")
    arriving.give_up(known["schema"], known["cell"])
