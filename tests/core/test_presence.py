"""Who is at a page, as those see it who do long work."""

import time
from dataclasses import replace

import pytest

from app.config import Settings
from app.core import presence, process, redis


@pytest.fixture(autouse=True)
def _process(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "_settings", settings)
    redis.client().flushdb()
    # Other tests of this process may have been at pages.
    monkeypatch.setattr(presence, "_seen", set())
    _a_moment_later(monkeypatch)


def _a_moment_later(monkeypatch: pytest.MonkeyPatch) -> None:
    """So late that everything is told and asked anew."""
    monkeypatch.setattr(presence, "_told", -presence.TOLD_SECONDS)
    monkeypatch.setattr(presence, "_known", (-presence.TOLD_SECONDS, frozenset()))


def test_others_are_there_once_one_is_at_a_page() -> None:
    presence.note("t_nordwind")
    assert presence.others("t_kestrel")


def test_oneself_is_not_another() -> None:
    presence.note("t_nordwind")
    assert not presence.others("t_nordwind")


def test_everybody_of_a_second_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    for who in ("t_nordwind", "t_kestrel", "t_suedwind"):
        presence.note(who)
    _a_moment_later(monkeypatch)
    presence.note("t_nordwind")
    assert presence.others("t_nordwind")


def test_who_is_gone_is_gone_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    presence.note("t_nordwind")
    long_ago = time.time() - presence.PRESENT_SECONDS - 1
    redis.client().zadd(presence.KEY, {"t_nordwind": long_ago})
    _a_moment_later(monkeypatch)
    assert not presence.others("t_kestrel")
    assert 0 < redis.client().ttl(presence.KEY) <= 2 * presence.PRESENT_SECONDS


def test_nothing_is_left_of_a_tenant_that_ends() -> None:
    presence.note("t_nordwind")
    presence._told = -presence.TOLD_SECONDS
    presence.note("t_kestrel")
    redis.forget("t_nordwind")
    assert redis.client().zrange(presence.KEY, 0, -1) == ["t_kestrel"]


def test_nobody_waits_where_redis_is_away(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    presence.note("t_nordwind")
    monkeypatch.setattr(process, "_settings", replace(settings, redis_url="redis://127.0.0.1:1/0"))
    presence.note("t_nordwind")
    assert not presence.others("t_kestrel")
