"""The log is read onwards: nothing skipped, nothing doubled, whoever commits first."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import Connection, text

from app.core.actor import Actor
from app.core.errors import Invalid
from app.records import facts
from tenants.context import entered
from tenants.engines import engines
from tenants.session import session, unit_of_work
from tests.cast import ANN, Workspace

WRITE = text("INSERT INTO facts (actor_kind, door, verb, title) VALUES ('system', 'clock', 'noted', :title)")


@pytest.fixture
def place(app: Flask, office: Workspace) -> Iterator[Workspace]:
    with app.app_context(), entered(office.tenant):
        yield office


@pytest.fixture
def slow(place: Workspace) -> Iterator[Connection]:
    """A transaction that began early and commits when the test says."""
    with engines().tenant(place.tenant).connect() as connection:
        yield connection


def note(workspace: Workspace, title: str) -> None:
    with unit_of_work():
        facts.record(workspace.actor(ANN), "noted", None, None, title)


def read(reader: facts.Reader, limit: int = 100) -> list[str]:
    with unit_of_work(read_only=True):
        return [happened.title for happened in reader.read(limit)]


def from_now() -> facts.Reader:
    with unit_of_work(read_only=True):
        return facts.Reader.from_now()


def test_facts_come_once_and_in_order(place: Workspace) -> None:
    reader = from_now()
    for title in ("one", "two", "three"):
        note(place, title)

    assert [read(reader), read(reader)] == [["one", "two", "three"], []]


def test_late_commit_is_neither_skipped_nor_doubled(place: Workspace, slow: Connection) -> None:
    reader = from_now()
    with slow.begin():
        slow.execute(WRITE, {"title": "slow"})
        note(place, "fast")
        first = read(reader)
        note(place, "faster")
        second = read(reader)
    third = read(reader)
    note(place, "after")

    assert (first, second, third) == (["fast"], ["faster"], ["slow"])
    assert (read(reader), read(reader)) == (["after"], [])


def test_small_pages_hold_a_late_commit_too(place: Workspace, slow: Connection) -> None:
    reader = from_now()
    seen = []
    with slow.begin():
        slow.execute(WRITE, {"title": "slow"})
        for title in "abc":
            note(place, title)
        seen += read(reader, limit=2)
    note(place, "d")
    while page := read(reader, limit=2):
        seen += page

    assert sorted(seen) == ["a", "b", "c", "d", "slow"]


def test_rolled_back_facts_never_happened(place: Workspace, slow: Connection) -> None:
    reader = from_now()
    with slow.begin() as transaction:
        slow.execute(WRITE, {"title": "regret"})
        note(place, "kept")
        transaction.rollback()

    assert read(reader) == ["kept"]


def test_cursor_travels(place: Workspace) -> None:
    reader = from_now()
    for title in ("one", "two", "three"):
        note(place, title)

    assert read(reader, limit=2) == ["one", "two"]
    again = facts.Reader(reader.cursor)
    assert [read(again), read(facts.Reader(again.cursor))] == [["three"], []]


def test_reader_without_cursor_begins_at_the_beginning(place: Workspace) -> None:
    note(place, "something")
    everything, reader = [], facts.Reader()
    while page := read(reader, limit=3):
        everything += page

    assert everything
    assert everything[-1] == "something"


def test_foreign_cursor_is_refused(place: Workspace) -> None:
    for cursor in ("nonsense", from_now().cursor[:-2] + "zz"):
        with pytest.raises(Invalid):
            facts.Reader(cursor)


def test_log_can_only_grow(ann: Actor) -> None:
    for statement in ("UPDATE facts SET title = 'x'", "DELETE FROM facts", "DELETE FROM fact_values"):
        with pytest.raises(Exception, match="permission denied"):
            session.execute(text(statement))
        session.rollback()
