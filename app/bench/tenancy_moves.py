"""A company with a hundred thousand contacts: moved while somebody writes, and restored beside itself."""

import secrets
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

from flask import Flask
from sqlalchemy import make_url, text
from sqlalchemy.exc import DBAPIError

from app.bench.foundation import Figure
from app.bench.tenancy_ground import DATABASE, OWNER, SERVER, Ground
from app.core.actor import Actor
from app.core.permissions import EVERYTHING
from app.domain.lifecycle import importing, taking
from app.domain.lifecycle.importing import Wish
from app.domain.plans import policy
from app.factory import create_app
from app.records import writing
from stack import postgres
from tenants import catalogue, cells
from tenants.context import Tenant, entered
from tenants.copying import layout, moving, sums
from tenants.copying.links import opened
from tenants.copying.sums import Sum
from tenants.driver import run_string
from tenants.engines import engines
from tenants.operations import Operation
from tenants.session import session, unit_of_work

CONTACTS, OTHERS, OTHERS_CONTACTS = 100_000, 3, 500
ELSEWHERE = "bench-2"
PAUSE = 0.02
WRITER = Actor(kind="system", id=None, name="Bench", door="command", permissions=EVERYTHING)

# Rows as an import leaves them: records, two identifiers each, their search, a fact for every hundred.
_FILL = """
INSERT INTO companies (name, city)
SELECT 'Company ' || n, 'Köln' FROM generate_series(1, {count} / 20) n;
CREATE TEMP TABLE firms ON COMMIT DROP AS SELECT row_number() OVER () AS number, id FROM companies;
INSERT INTO contacts (first_name, last_name, email, phone, company_id, street, postcode, city, country)
SELECT 'Jörg ' || n, 'Müller-' || md5(n::text), n || '@example.com', '+4922100' || n, f.id,
       'Hauptstraße ' || n, '50667', 'Köln', 'DE'
  FROM generate_series(1, {count}) n LEFT JOIN firms f ON f.number = n % ({count} / 20) + 1;
INSERT INTO identifiers (object, record_id, kind, value, display, is_primary, is_exclusive)
SELECT 'contacts', id, 'email', email, email, true, true FROM contacts
UNION ALL SELECT 'contacts', id, 'phone', phone, phone, true, false FROM contacts;
INSERT INTO search (object, record_id, title, subtitle, body)
SELECT 'contacts', id, name, email, ext.search_key(name || ' ' || email || ' ' || street) FROM contacts;
INSERT INTO facts (actor_kind, door, verb, object, about, rows_count)
SELECT 'system', 'import', 'created', 'contacts', array_agg(id), count(*)
  FROM (SELECT id, row_number() OVER () / 100 AS slice FROM contacts) AS sliced GROUP BY slice;
INSERT INTO fact_values (fact_id, object, changes)
SELECT f.id, 'contacts', jsonb_build_object('about', to_jsonb(about)) FROM facts f;
"""


def figures(ground: Ground) -> Iterator[Figure]:
    """A move under a writer and a restore beside the living, with everybody else's checksums."""
    app = create_app(ground.settings)
    with app.app_context(), _elsewhere(ground.folder / "elsewhere"):
        company, *others = ground.claimed(1 + OTHERS, "moving")
        _fill(company, CONTACTS)
        for other in others:
            _fill(other, OTHERS_CONTACTS)
        before = [_totals(other) for other in others]
        yield from _move(app, company)
        moving.back(_fresh(company))
        moving.confirm(_fresh(company))
        yield from _restore(ground.folder, _fresh(company))
        yield Figure("others whose checksums changed", sum(map(_differs, before, others)), "companies", 0)


def _move(app: Flask, company: Tenant) -> Iterator[Figure]:
    with _Writer(app, company.id) as writer:
        began = time.perf_counter()
        moved = moving.move(company, ELSEWHERE)
        seconds = time.perf_counter() - began
    here = _fresh(company)
    yield Figure("move of 100,000 contacts, closed for", float(moved.data["frozen_seconds"]), "s", 10)
    yield Figure("the same, from begin to end", seconds, "s")
    yield Figure("rows moved", sum(each[0] for each in moved.data["tables"].values()), "rows")
    yield Figure("writes acknowledged meanwhile", len(writer.acknowledged), "writes")
    yield Figure("of them lost", len(writer.acknowledged - _there(here)), "writes", 0)
    yield Figure("tables that differ from the old cell's", _differing(company, moved), "tables", 0)


def _restore(folder: Path, company: Tenant) -> Iterator[Figure]:
    archive = folder / "company.kith"
    began = time.perf_counter()
    taking.to_file(company, archive)
    yield Figure("export of 100,000 contacts", time.perf_counter() - began, "s")
    yield Figure("the archive", archive.stat().st_size / 1e6, "MB")
    began = time.perf_counter()
    importing.bring(archive, Wish("restored", cell=company.cell))
    yield Figure("restore beside the living", time.perf_counter() - began, "s", 60)


class _Writer:
    """Somebody who adds contacts all the time, wherever the company is; notes those that were answered."""

    def __init__(self, app: Flask, tenant: UUID) -> None:
        self.acknowledged: set[UUID] = set()
        self._app, self._tenant = app, tenant
        self._stopping = threading.Event()
        self._pool = ThreadPoolExecutor(1)

    def __enter__(self) -> "_Writer":
        self._work = self._pool.submit(self._run)
        return self

    def __exit__(self, *_: object) -> None:
        time.sleep(PAUSE * 10)
        self._stopping.set()
        self._work.result()
        self._pool.shutdown()

    def _run(self) -> None:
        while not self._stopping.wait(PAUSE):
            tenant = catalogue.by_id(self._tenant)
            if tenant is None or not policy.may_write(tenant):
                continue
            try:
                with self._app.app_context(), entered(tenant), unit_of_work():
                    made = writing.create(WRITER, "contacts", {"last_name": "Written meanwhile"}).id
            except DBAPIError:  # refused: not acknowledged
                continue
            self.acknowledged.add(made)


@contextmanager
def _elsewhere(folder: Path) -> Iterator[None]:
    """A cell on a cluster of its own."""
    with postgres.running(folder, settings=SERVER) as server:
        place = make_url(server.admin_url).set(
            username=OWNER, password=secrets.token_urlsafe(16), database=f"{DATABASE}_2"
        )
        url = place.render_as_string(hide_password=False)
        cells.add(ELSEWHERE, url, admin_url=server.admin_url, is_open=False)
        yield
        cells.remove(ELSEWHERE)


def _fill(tenant: Tenant, contacts: int) -> None:
    with opened(engines().cell_url(tenant.cell), tenant.schema) as owner:
        if not owner.execute("SELECT FROM contacts LIMIT 1").fetchone():
            run_string(
                owner, f"BEGIN; {_FILL.format(count=contacts)} COMMIT; ANALYZE contacts, search, identifiers"
            )


def _totals(tenant: Tenant) -> dict[str, Sum]:
    with opened(engines().cell_url(tenant.cell), tenant.schema) as owner:
        return sums.of_tables(owner, layout.tables(owner, tenant.schema))


def _differing(old: Tenant, moved: Operation) -> int:
    """How many tables of the kept rows do not add up to what was compared over there."""
    kept, told = _totals(old), moved.data["tables"]
    return sum(list(each) != told[name] for name, each in kept.items())


def _differs(before: dict[str, Sum], other: Tenant) -> bool:
    return _totals(_fresh(other)) != before


def _there(tenant: Tenant) -> set[UUID]:
    with entered(tenant), unit_of_work(read_only=True):
        found = session.execute(text("SELECT id FROM contacts WHERE last_name = 'Written meanwhile'"))
        return {row[0] for row in found}


def _fresh(tenant: Tenant) -> Tenant:
    catalogue.forget(tenant)
    found = catalogue.by_id(tenant.id)
    assert found is not None
    return found
