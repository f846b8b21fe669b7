"""Writing a company down as one archive while it works: rows as of one moment, then its files.

It goes in slices, and whoever holds the state of a slice that ended goes on from there.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import orjson
from psycopg import sql

from app.core import storage
from app.core.clock import now
from app.core.errors import NotFound
from app.domain.lifecycle import leaving, people
from app.domain.lifecycle import manifest as manifests
from app.domain.lifecycle.archive import Sink, Writer
from tenants.context import Tenant
from tenants.copying import layout, outbox, rows, sums
from tenants.copying.layout import Table
from tenants.copying.links import opened, snapshot
from tenants.engines import engines
from tenants.owner import Connection

State = dict[str, Any]
"""JSON: `entries` that are written, the `manifest` so far, `todo`: keys of files that are still to come."""

_KEYS = sql.SQL(
    "SELECT id::text, storage_key FROM files WHERE state = 'ready' AND {0}"
    " UNION ALL SELECT id::text || '-thumbnail', thumbnail_key FROM files"
    " WHERE state = 'ready' AND thumbnail_key IS NOT NULL AND {0} ORDER BY 1"
)


def leaving_tables(connection: Connection, schema: str) -> list[Table]:
    """The tables of a schema as they leave."""
    return [
        replace(table, shown=leaving.SHOWN.get(table.name, {}), where=leaving.WHERE.get(table.name, ""))
        for table in layout.tables(connection, schema)
        if table.name not in leaving.LEFT_OUT
    ]


def begin(tenant: Tenant, sink: Sink, told: Callable[[int, int], None] = lambda *_: None) -> State:
    """Write everything but the files, all as of one moment; within a unit of work.

    `told` hears how many tables of how many are written.
    """
    writer = Writer(sink)
    with opened(engines().cell_url(tenant.cell), tenant.schema) as source, snapshot(source):
        found = leaving_tables(source, tenant.schema)
        tables = {}
        for number, table in enumerate(found):
            tables[table.name] = _add_rows(writer, source, table)
            told(number + 1, len(found))
        writer.add("timers.csv", outbox.read_csv(source, tenant.schema))
        stands = layout.standing(source, tenant.schema)
        if stands is None:
            raise NotFound(tenant.schema)
        todo = source.execute(_KEYS.format(sql.SQL(leaving.WHERE["files"]))).fetchall()
    writer.add("people.json", [orjson.dumps(people.people(tenant))])
    writer.add("apps.json", [orjson.dumps(people.apps(tenant))])
    manifest = {
        "kind": manifests.KIND,
        "format": manifests.FORMAT,
        "made_at": now().isoformat(),
        "revision": stands.revision,
        "later": stands.later,
        "tenant": {"id": str(tenant.id), "slug": tenant.slug, "name": tenant.name, "schema": tenant.schema},
        "tables": tables,
        "missing": [],
    }
    return {
        "entries": writer.state,
        "manifest": manifest,
        "todo": [list(each) for each in todo],
        "files": len(todo),
    }


def advance(state: State, sink: Sink, is_spent: Callable[[], bool]) -> bool:
    """Write files until that is enough for now, the manifest after the last; True while some are left."""
    writer = Writer(sink, state["entries"])
    while state["todo"]:
        name, key = state["todo"].pop(0)
        _add_file(writer, state, name, key)
        if is_spent():
            break
    if not state["todo"]:
        writer.finish(state["manifest"])
    state["entries"] = writer.state
    return bool(state["todo"])


def _add_rows(writer: Writer, source: Connection, table: Table) -> dict[str, Any]:
    total = sums.of_table(source, table)
    writer.add(f"rows/{table.name}.csv", rows.read_csv(source, table))
    return {"columns": list(table.columns), "rows": total.rows, "checksum": total.checksum}


def _add_file(writer: Writer, state: State, name: str, key: str) -> None:
    """What somebody removed since the rows were read is missing, and the manifest says so."""
    try:
        pieces = _begun(storage.stream(key))
    except NotFound:
        state["manifest"]["missing"].append(name)
        return
    writer.add(f"files/{name}", pieces, is_stored=True)


def _begun(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The same pieces, the first of which has been fetched."""
    first = next(pieces, b"")

    def every() -> Iterator[bytes]:
        yield first
        yield from pieces

    return every()
