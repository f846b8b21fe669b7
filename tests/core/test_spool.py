"""What a GET leaves behind is written soon, in batches, whether Redis is there or not."""

from collections.abc import Mapping
from dataclasses import replace

import pytest
from flask import Flask

from app.config import Settings
from app.core import process, redis, spool
from tenants.context import Tenant, entered
from workers.chores import flush_spool

written: list[Mapping[str, str]] = []


@spool.writes("test")
def _store(news: Mapping[str, str]) -> None:
    written.append(news)
    if "broken" in news.values():
        raise RuntimeError("no luck")


@spool.writes("other")
def _store_other(news: Mapping[str, str]) -> None:
    written.append(news)


@pytest.fixture(autouse=True)
def _process(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "_settings", settings)
    redis.client().flushdb()
    spool._held.clear()
    spool._used.clear()
    written.clear()


def flush(app: Flask) -> None:
    with entered(None), app.app_context():
        flush_spool()


def test_last_value_is_written_once(app: Flask, tenant: Tenant) -> None:
    with entered(tenant):
        for value in ("1", "2"):
            spool.note("test", {"ann": value})
        spool.note("test", {"bob": "1"})
    flush(app)
    flush(app)
    assert written == [{"ann": "2", "bob": "1"}]


def test_failed_write_is_repeated_and_holds_up_no_other(app: Flask, tenant: Tenant) -> None:
    with entered(tenant):
        spool.note("test", {"ann": "broken"})
        spool.note("other", {"ann": "whole"})
    for _ in range(2):
        flush(app)
    assert sorted(written, key=str) == [{"ann": "broken"}, {"ann": "broken"}, {"ann": "whole"}]


def test_news_are_held_while_redis_is_away(
    app: Flask, tenant: Tenant, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "_settings", replace(settings, redis_url="redis://127.0.0.1:1/0"))
    with entered(tenant):
        spool.note("test", {"ann": "1"})
        monkeypatch.setattr(process, "_settings", settings)
        redis._away_until = 0.0
        spool.note("test", {"bob": "1"})
    flush(app)
    assert written == [{"ann": "1", "bob": "1"}]


@pytest.mark.parametrize(("seconds", "times"), [(60.0, 1), (0.0, 2)])
def test_what_is_used_all_the_time_is_noted_now_and_then(
    app: Flask, tenant: Tenant, monkeypatch: pytest.MonkeyPatch, seconds: float, times: int
) -> None:
    monkeypatch.setattr(spool, "AGAIN_SECONDS", seconds)
    for _ in range(2):
        with entered(tenant):
            spool.note_use("test", "ann", "bob")
        flush(app)
    assert [set(news) for news in written] == [{"ann", "bob"}] * times
