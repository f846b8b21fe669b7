"""A cell that does not answer is asked by one, now and then; nobody else waits for it."""

import itertools
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from sqlalchemy.exc import OperationalError

from stack import ports
from tenants import breaker
from tenants.breaker import Breaker, CellDown, cell_down
from tenants.driver import make_engine


@pytest.fixture(autouse=True)
def _machine_may_stand_still(monkeypatch: pytest.MonkeyPatch) -> None:
    """What takes long here takes long because a test wants it."""
    for name in ("AGAIN_SECONDS", "SUSPICIOUS_SECONDS", "PATIENCE_SECONDS"):
        monkeypatch.setattr(breaker, name, 600.0)


def _refused() -> None:
    raise psycopg.OperationalError("connection refused")


def _login_refused() -> None:
    raise psycopg.OperationalError('FATAL:  role "b_x" is not permitted to log in')


def _starting() -> None:
    raise psycopg.OperationalError("FATAL:  the database system is starting up")


@pytest.mark.parametrize("fails", [_refused, _starting])
def test_after_a_failure_nobody_asks_for_a_while(fails: object) -> None:
    one = Breaker("cell-1")
    with pytest.raises(CellDown):
        one.attempt(fails)  # type: ignore[arg-type]
    asked: list[int] = []
    with pytest.raises(CellDown, match="cell-1"):
        one.attempt(lambda: asked.append(1))
    assert asked == []
    assert one.is_open


def test_one_asks_again_and_opens_the_way_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(breaker, "AGAIN_SECONDS", 0.05)
    one = Breaker("cell-1")
    with pytest.raises(CellDown):
        one.attempt(_refused)
    time.sleep(0.06)

    def probe() -> str:
        time.sleep(0.1)
        return "up"

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda _: one.attempt(probe), range(8))) == ["up"] * 8
    assert not one.is_open


def test_nobody_waits_long_for_who_asks_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(breaker, "AGAIN_SECONDS", 0.0)
    monkeypatch.setattr(breaker, "PATIENCE_SECONDS", 0.05)
    one = Breaker("cell-1")
    with pytest.raises(CellDown):
        one.attempt(_refused)

    def probe() -> str:
        with pytest.raises(CellDown):
            one.attempt(lambda: "a second one")
        return "up"

    assert one.attempt(probe) == "up"
    assert one.attempt(lambda: "anybody") == "anybody"
    assert not one.is_open


def test_refused_login_is_no_outage() -> None:
    one = Breaker("cell-1")
    with pytest.raises(psycopg.OperationalError, match="not permitted"):
        one.attempt(_login_refused)
    assert one.attempt(lambda: "up") == "up"


def test_who_comes_while_others_wait_long_does_not_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(breaker, "SUSPICIOUS_SECONDS", 0.05)
    one, answered = Breaker("cell-1"), threading.Event()
    waits = _waiting(one, answered)
    time.sleep(0.06)
    with pytest.raises(CellDown):
        one.attempt(lambda: "too late")
    answered.set()
    waits.join()
    assert one.attempt(lambda: "up") == "up"


def _waiting(one: Breaker, answered: threading.Event) -> threading.Thread:
    """Somebody who asks the cell, and has begun to wait for its answer."""
    asked = threading.Event()

    def connect() -> bool:
        asked.set()
        return answered.wait(30)

    waits = threading.Thread(target=one.attempt, args=(connect,))
    waits.start()
    assert asked.wait(30)
    return waits


def test_slow_answers_are_no_silence(monkeypatch: pytest.MonkeyPatch) -> None:
    one, answered = Breaker("cell-1"), threading.Event()
    waits = _waiting(one, answered)
    assert one.attempt(lambda: "up") == "up"
    monkeypatch.setattr(breaker, "SUSPICIOUS_SECONDS", 0.05)
    time.sleep(0.06)
    assert one.attempt(lambda: "up") == "up"
    answered.set()
    waits.join()


def test_busy_cell_is_asked_once_more() -> None:
    one, times = Breaker("cell-1"), iter(range(10))

    def slow() -> str:
        if next(times) < 2:
            assert one.attempt(lambda: "another") == "another"
            raise psycopg.errors.ConnectionTimeout("connection timeout expired")
        return "up"

    assert one.attempt(slow) == "up"
    assert not one.is_open


def test_attempts_that_overlap_do_not_hide_a_silent_cell() -> None:
    one = Breaker("cell-1")

    def slow() -> None:
        time.sleep(0.05)
        raise psycopg.errors.ConnectionTimeout("connection timeout expired")

    def ask(number: int) -> bool:
        time.sleep(number * 0.01)
        with pytest.raises(psycopg.OperationalError):
            one.attempt(slow)
        return one.is_open

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(ask, range(8)))


def test_who_is_interrupted_while_asking_leaves_it_to_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(breaker, "AGAIN_SECONDS", 0.0)
    one = Breaker("cell-1")
    with pytest.raises(CellDown):
        one.attempt(_refused)

    def interrupted() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        one.attempt(interrupted)
    assert one.attempt(lambda: "up") == "up"


@pytest.fixture
def mute() -> Iterator[socket.socket]:
    """A port that takes connections and never says a word."""
    with socket.create_server((ports.LOOPBACK, 0)) as server:
        yield server


def _taken(server: socket.socket) -> int:
    """How many connections it took."""
    server.setblocking(False)
    for number in itertools.count():
        try:
            server.accept()[0].close()
        except BlockingIOError:
            return number
    raise AssertionError


def test_silent_cell_costs_the_first_only(mute: socket.socket, monkeypatch: pytest.MonkeyPatch) -> None:
    # libpq knows no shorter limit than two seconds.
    monkeypatch.setattr(breaker, "CONNECT_SECONDS", 2)
    url = f"postgresql://b:b@127.0.0.1:{mute.getsockname()[1]}/kith"
    engine = make_engine(url, application="kith", connect=Breaker("cell-2").connect)
    for _ in range(50):
        with pytest.raises(OperationalError) as refused:
            engine.connect()
    assert _taken(mute) == 1, "only who asked waited"
    down = cell_down(refused.value)
    assert down is not None
    assert down.cell == "cell-2"
