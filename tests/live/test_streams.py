"""What commits is told within moments, once it has committed, to those whom it concerns."""

import time
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from flask import Flask

from app.core import tickets
from app.domain.members import actions as members
from app.live.log import Log
from app.records import writing
from app.records.reader import Happened, Reader
from app.ui import cookies
from tenants.context import entered
from tenants.session import unit_of_work
from tests.cast import ANN, BOB, KIM, RALF, Workspace
from tests.live.conftest import change, cookie_of, write
from tests.live.process import LiveProcess, Stream, live_process
from tests.visitor import Visitor, signed_in

SILENCE = 1.0


@pytest.fixture
def bob(app: Flask, nordwind: Workspace) -> Visitor:
    return signed_in(app, nordwind, BOB)


@pytest.fixture
def contact(app: Flask, nordwind: Workspace) -> UUID:
    return write(app, nordwind, "contacts", {"last_name": "Meyer"})


def test_change_is_told_at_once(
    app: Flask, live: LiveProcess, nordwind: Workspace, bob: Visitor, contact: UUID
) -> None:
    took = []
    with Stream(live, cookie_of(bob)) as stream:
        assert stream.changes() == []
        for number in range(20):
            change(app, nordwind, "contacts", contact, last_name=f"Meyer {number}")
            committed = time.monotonic()
            (sign,) = stream.changes()
            took.append(time.monotonic() - committed)
            assert sign["object"] == "contacts"
            assert sign["id"] == str(contact)
            assert sign["version"] == number + 2
            assert "last_name" not in str(sign)
    print(f"told after {sorted(took)[10] * 1000:.0f} ms (median), {max(took) * 1000:.0f} ms (most)")
    # A room that heard no sign looks by itself after eight seconds at the earliest.
    assert sorted(took)[18] < 4.0


def test_what_is_undone_is_not_told(
    app: Flask, live: LiveProcess, nordwind: Workspace, bob: Visitor, contact: UUID
) -> None:
    with Stream(live, cookie_of(bob)) as stream:
        assert stream.changes() == []
        with pytest.raises(ZeroDivisionError):
            _write_and_fail(app, nordwind, contact)
        assert stream.event(SILENCE) is None


def _write_and_fail(app: Flask, workspace: Workspace, contact: UUID) -> None:
    with app.app_context(), entered(workspace.tenant), unit_of_work():
        writing.update(workspace.actor(ANN), "contacts", contact, {"last_name": "Never"})
        raise ZeroDivisionError


def test_other_companies_hear_nothing(
    app: Flask, live: LiveProcess, nordwind: Workspace, kestrel: Workspace, contact: UUID
) -> None:
    kim = signed_in(app, kestrel, KIM)
    with Stream(live, cookie_of(kim)) as theirs:
        assert theirs.changes() == []
        change(app, nordwind, "contacts", contact, last_name="Secret")
        assert theirs.event(SILENCE) is None
        own = write(app, kestrel, "companies", {"name": "Kestrel's own"})
        assert [sign["id"] for sign in theirs.changes()] == [str(own)]


def test_coming_back_misses_nothing(
    app: Flask, live: LiveProcess, nordwind: Workspace, bob: Visitor, contact: UUID
) -> None:
    cookie = cookie_of(bob)
    with Stream(live, cookie) as stream:
        assert stream.changes() == []
        live.kill()
        change(app, nordwind, "contacts", contact, last_name="While it was dead")
        assert stream.event() is None
    live.start()
    with Stream(live, cookie, headers={"Last-Event-ID": stream.cursor}) as again:
        assert [sign["id"] for sign in again.changes()] == [str(contact)]


@pytest.mark.long
def test_lost_signals_cost_seconds_only(
    app: Flask, environ: dict[str, str], nordwind: Workspace, bob: Visitor, contact: UUID
) -> None:
    nobody_answers = {**environ, "KITH_REDIS_URL": "redis://127.0.0.1:9/0"}
    with live_process(nobody_answers) as deaf, Stream(deaf, cookie_of(bob)) as stream:
        assert stream.changes() == []
        change(app, nordwind, "contacts", contact, last_name="Unheard")
        assert [sign["id"] for sign in stream.changes()] == [str(contact)]


def test_old_or_foreign_cursor_says_reload(
    app: Flask, live: LiveProcess, nordwind: Workspace, kestrel: Workspace, bob: Visitor
) -> None:
    kim = signed_in(app, kestrel, KIM).get("/live/ticket").get_json()["cursor"]
    for cursor in ("nonsense", kim):
        with Stream(live, cookie_of(bob), cursor) as stream:
            event = stream.event()
            assert event is not None
            assert event[0] == "reload"


def test_bulk_change_is_one_sign(
    app: Flask, live: LiveProcess, nordwind: Workspace, bob: Visitor, contact: UUID
) -> None:
    rows = [writing.Row({"last_name": f"Many {number}"}) for number in range(40)]
    with Stream(live, cookie_of(bob)) as stream:
        assert stream.changes() == []
        with app.app_context(), entered(nordwind.tenant), unit_of_work():
            writing.write_many(nordwind.actor(ANN), "contacts", rows, title="An import")
        (sign,) = stream.changes()
    assert (sign["object"], sign["id"], sign["many"]) == ("contacts", None, 40)


@pytest.mark.parametrize("name", ["nothing", "made up", "of another key", "over"])
def test_only_tickets_of_ours_open_streams(
    app: Flask, live: LiveProcess, bob: Visitor, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    cookie = cookie_of(bob)
    settings = app.extensions["kith"]
    key, _, text = cookie.partition("=")
    ticket = tickets.unseal(text, settings)
    assert ticket is not None
    over = tickets.seal(tickets.issue(ticket.tenant_id, ticket.grant_id, ticket.actor, -1), settings)
    given = {"nothing": "", "made up": "eyJ9.x", "of another key": text[:-3] + "abc", "over": over}[name]
    with Stream(live, f"{key}={given}") as stream:
        assert stream.status == 401
    assert key == cookies.name_of("live", settings)


def test_streams_are_for_the_same_origin(live: LiveProcess, bob: Visitor) -> None:
    with Stream(live, cookie_of(bob), headers={"Sec-Fetch-Site": "same-site"}) as stream:
        assert stream.status == 403


def test_ended_session_ends_the_stream(
    app: Flask, live: LiveProcess, nordwind: Workspace, bob: Visitor
) -> None:
    cookie = cookie_of(bob)
    with Stream(live, cookie) as stream:
        assert stream.changes() == []
        began = time.monotonic()
        bob.post("/sign-out")
        assert stream.event() == ("renew", {})
        print(f"ended after {time.monotonic() - began:.2f} s")
    with Stream(live, cookie) as again:
        assert again.status == 401
    assert bob.get("/live/ticket", headers={"Accept": "application/json"}).status_code == 401


def test_changed_role_ends_the_stream(app: Flask, live: LiveProcess, nordwind: Workspace) -> None:
    ralf = signed_in(app, nordwind, RALF)
    with Stream(live, cookie_of(ralf)) as stream:
        assert stream.changes() == []
        _make_member(app, nordwind)
        assert stream.event() == ("renew", {})


def test_who_lost_rights_while_the_log_was_read_is_told_nothing(
    app: Flask, nordwind: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket = tickets.unseal(
        cookie_of(signed_in(app, nordwind, RALF)).partition("=")[2], app.extensions["kith"]
    )
    assert ticket is not None
    log = Log(app, nordwind.tenant.id)
    begun = log.after(None, [ticket])
    read = Reader.read

    def changed_before(reader: Reader, limit: int) -> list[Happened]:
        with ThreadPoolExecutor(1) as beside:
            beside.submit(_make_member, app, nordwind).result()
        return read(reader, limit)

    monkeypatch.setattr(Reader, "read", changed_before)
    told = log.after(begun.cursor, [ticket])
    assert told.ended == {ticket.grant_id}
    assert told.signs == {}


def _make_member(app: Flask, workspace: Workspace) -> None:
    with app.app_context(), entered(workspace.tenant), unit_of_work():
        members.change_role(workspace.actor(ANN), workspace.members[RALF.email], "member")


def test_one_session_opens_a_dozen_streams(live: LiveProcess, bob: Visitor) -> None:
    cookie = cookie_of(bob)
    opened = [Stream(live, cookie) for _ in range(13)]
    statuses = [stream.status for stream in opened]
    for stream in opened:
        stream.__exit__()
    assert statuses == [200] * 12 + [429]


def test_pages_without_stream_ask(app: Flask, nordwind: Workspace, bob: Visitor, contact: UUID) -> None:
    begun = bob.get("/live/changes").get_json()
    assert begun["reload"]
    change(app, nordwind, "contacts", contact, last_name="Asked for")
    told = bob.get(f"/live/changes?after={begun['cursor']}").get_json()
    assert [sign["id"] for sign in told["events"]] == [str(contact)]
    assert not told["reload"]
    assert bob.get(f"/live/changes?after={told['cursor']}").get_json()["events"] == []
    assert bob.get("/live/changes?after=old").get_json()["reload"]


def test_stops_at_once_whoever_listens(live: LiveProcess, bob: Visitor) -> None:
    with Stream(live, cookie_of(bob)) as stream:
        assert stream.changes() == []
        seconds = live.stop()
    live.start()
    print(f"stopped after {seconds:.1f} s")
    # Streams that were not ended would be waited for as long as they last.
    assert seconds < 10.0
