"""A tenant moves to another cell, with everything, and nothing that was acknowledged is lost."""

import itertools
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any
from uuid import UUID

import psycopg
import pytest
from flask import Flask
from sqlalchemy.exc import DBAPIError, ProgrammingError

from app.core.queue import enqueue
from app.domain.members.models import Member
from app.records import writing
from app.records.reader import Reader
from app.web import doors
from tenants import catalogue, operations
from tenants.context import Tenant, entered
from tenants.copying import ending, moving
from tenants.engines import engines
from tenants.session import session, unit_of_work
from tests.cast import ANN, Workspace
from tests.visitor import signed_in


@pytest.fixture(autouse=True)
def _app(app: Flask, elsewhere: str) -> Any:
    with app.app_context():
        yield


def _write(workspace: Workspace, tenant: Tenant, last_name: str) -> UUID:
    with entered(tenant), unit_of_work():
        return writing.create(workspace.actor(ANN), "contacts", {"last_name": last_name}).id


def _names(tenant: Tenant) -> list[str]:
    with entered(tenant), unit_of_work(read_only=True):
        rows = session.connection(bind_arguments={"mapper": Member.__mapper__}).exec_driver_sql(
            "SELECT last_name FROM contacts ORDER BY last_name"
        )
        return [row[0] for row in rows]


def _fresh(tenant: Tenant) -> Tenant:
    found = catalogue.by_id(tenant.id)
    assert found is not None
    return found


def test_company_works_on_in_the_other_cell(nordwind: Workspace, elsewhere: str) -> None:
    _write(nordwind, nordwind.tenant, "Berg")
    moved = moving.move(nordwind.tenant, elsewhere)

    there = _fresh(nordwind.tenant)
    assert (there.cell, there.state, there.epoch) == (elsewhere, "active", nordwind.tenant.epoch + 1)
    assert there.schema == nordwind.tenant.schema
    assert _names(there) == ["Berg"]
    _write(nordwind, there, "Lind")
    assert _names(there) == ["Berg", "Lind"]
    assert (moved.state, moved.step) == ("waiting", ending.CONFIRM)
    assert moved.data["tables"]["contacts"][0] == 1


def test_facts_are_read_once_after_a_move(nordwind: Workspace, elsewhere: str) -> None:
    _write(nordwind, nordwind.tenant, "Berg")
    moving.move(nordwind.tenant, elsewhere)
    there = _fresh(nordwind.tenant)
    with entered(there), unit_of_work(read_only=True):
        reader = Reader()
        before = [fact.verb for fact in reader.read()]
    _write(nordwind, there, "Lind")
    with entered(there), unit_of_work(read_only=True):
        after = [(fact.verb, fact.title) for fact in reader.read()]

    assert "created" in before
    assert after == [("created", "Lind")]


def test_timers_go_along(nordwind: Workspace, elsewhere: str) -> None:
    with entered(nordwind.tenant), unit_of_work():
        enqueue("upkeep.daily", {}, key="the timer")
    moving.move(nordwind.tenant, elsewhere)

    assert _jobs(elsewhere, nordwind.tenant) == ["the timer"]
    assert _jobs(nordwind.tenant.cell, nordwind.tenant) == []


def test_old_rows_stay_closed_until_confirmed(nordwind: Workspace, elsewhere: str) -> None:
    _write(nordwind, nordwind.tenant, "Berg")
    moving.move(nordwind.tenant, elsewhere)
    late = nordwind.tenant  # as a process knows it that has not heard

    assert _names(late) == ["Berg"]
    with pytest.raises(ProgrammingError, match="permission denied"):
        _write(nordwind, late, "Lost")
    moving.confirm(nordwind.tenant)
    assert not _stands(nordwind.tenant.cell, nordwind.tenant.schema)
    assert _names(_fresh(nordwind.tenant)) == ["Berg"]


def test_way_back_brings_what_was_written_since(nordwind: Workspace, elsewhere: str) -> None:
    home = nordwind.tenant.cell
    moving.move(nordwind.tenant, elsewhere)
    _write(nordwind, _fresh(nordwind.tenant), "Lind")
    moving.back(nordwind.tenant)

    again = _fresh(nordwind.tenant)
    assert (again.cell, again.epoch) == (home, nordwind.tenant.epoch + 2)
    assert _names(again) == ["Lind"]
    _write(nordwind, again, "Vogt")


@pytest.mark.parametrize("step", ["copy", "last changes", "flip"])
def test_killed_mover_leaves_the_company_where_it_was(
    nordwind: Workspace, elsewhere: str, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a kill leaves: nothing is rolled back by the mover itself."""
    _write(nordwind, nordwind.tenant, "Berg")

    def die(operation: operations.Operation) -> None:
        if operation.step == step:
            raise KeyboardInterrupt

    with monkeypatch.context() as dead:
        dead.setattr(ending, "end", lambda *_: None)
        with pytest.raises(KeyboardInterrupt):
            moving.move(nordwind.tenant, elsewhere, die)
    (ended,) = moving.recover()

    here = _fresh(nordwind.tenant)
    assert (here.cell, here.state, here.epoch) == (nordwind.tenant.cell, "active", 1)
    assert ended.state == "failed"
    assert not _stands(elsewhere, here.schema)
    _write(nordwind, here, "Lind")
    assert moving.move(here, elsewhere).state == "waiting"
    assert _names(_fresh(here)) == ["Berg", "Lind"]


def test_mover_killed_after_the_flip_is_finished(
    nordwind: Workspace, elsewhere: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as dead:
        dead.setattr(ending, "end", lambda *_: None)
        dead.setattr(ending, "settle", die)
        with pytest.raises(KeyboardInterrupt):
            moving.move(nordwind.tenant, elsewhere)
    (ended,) = moving.recover()

    assert (_fresh(nordwind.tenant).cell, ended.state) == (elsewhere, "waiting")


def test_nothing_acknowledged_is_lost(app: Flask, nordwind: Workspace, elsewhere: str) -> None:
    """Somebody writes, changes and throws away all the time; what was answered is there afterwards."""
    expected: set[str] = set()
    moved = threading.Event()

    def work() -> None:
        for number in itertools.count():
            tenant = _fresh(nordwind.tenant)
            if tenant.cell == elsewhere and len(expected) > 20:
                return
            if tenant.state == "moving":
                moved.set()
                continue
            with app.app_context(), suppress(DBAPIError), entered(tenant):
                _work(nordwind, f"Nr {number}", expected)

    def wait_for_it(operation: operations.Operation) -> None:
        """It is closed until who works has seen that."""
        if operation.step == "last changes":
            moved.wait(60)

    with ThreadPoolExecutor(1) as beside:
        worker = beside.submit(work)
        moving.move(nordwind.tenant, elsewhere, wait_for_it)
        worker.result(120)

    assert moved.is_set()
    assert set(_names(_fresh(nordwind.tenant))) == expected


def _work(workspace: Workspace, name: str, expected: set[str]) -> None:
    actor = workspace.actor(ANN)
    with unit_of_work():
        made = writing.create(actor, "contacts", {"last_name": name})
    expected.add(name)
    with unit_of_work():
        writing.update(actor, "contacts", made.id, {"last_name": f"{name} changed"})
    expected.remove(name)
    expected.add(f"{name} changed")


def test_nonsense_is_refused_before_anything_is_done(nordwind: Workspace, elsewhere: str) -> None:
    for cell, sentence in ((nordwind.tenant.cell, "already"), ("cell-9", "no cell")):
        with pytest.raises(ending.CannotMove, match=sentence):
            moving.move(nordwind.tenant, cell)
    assert operations.running() == []


def _jobs(cell: str, tenant: Tenant) -> list[str]:
    with psycopg.connect(engines().cell_url(cell)) as owner:
        rows = owner.execute("SELECT key FROM kith.outbox WHERE tenant = %s ORDER BY key", [tenant.schema])
        return [row[0] for row in rows.fetchall()]


def _stands(cell: str, schema: str) -> bool:
    with psycopg.connect(engines().cell_url(cell)) as owner:
        return owner.execute("SELECT FROM pg_namespace WHERE nspname = %s", [schema]).fetchone() is not None


def test_late_writer_is_asked_to_try_again(
    app: Flask, nordwind: Workspace, elsewhere: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that has not heard answers 503, and from then on it knows."""
    ann = signed_in(app, nordwind, ANN)
    moving.move(nordwind.tenant, elsewhere)
    late = nordwind.tenant
    monkeypatch.setattr(doors, "by_slug", lambda _: late)

    assert ann.post("/contacts", {"last_name": "Lost"}).status_code == 503
    monkeypatch.undo()
    assert ann.post("/contacts", {"last_name": "Found"}).status_code == 303
    assert _names(_fresh(nordwind.tenant)) == ["Found"]


def test_both_sides_have_the_same_structure(nordwind: Workspace, elsewhere: str) -> None:
    """Also an index that only this company has."""
    schema = nordwind.tenant.schema
    with psycopg.connect(engines().cell_url(nordwind.tenant.cell), autocommit=True) as owner:
        owner.execute(f"CREATE INDEX contacts_shoes ON {schema}.contacts ((custom ->> 'shoes'))".encode())
    moving.move(nordwind.tenant, elsewhere)
    there = _fresh(nordwind.tenant)
    query = """
        SELECT pg_get_indexdef(indexrelid) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
         WHERE c.relnamespace = %(schema)s::text::regnamespace
        UNION ALL SELECT conrelid::regclass || conname || pg_get_constraintdef(oid) FROM pg_constraint
         WHERE connamespace = %(schema)s::text::regnamespace ORDER BY 1"""
    found = []
    for cell in (nordwind.tenant.cell, elsewhere):
        with psycopg.connect(engines().cell_url(cell)) as owner:
            found.append(owner.execute(query, {"schema": there.schema}).fetchall())
    assert found[0] == found[1]
    assert len(found[0]) > 150
    assert any("contacts_shoes" in each for (each,) in found[1])
