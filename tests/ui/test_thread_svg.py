"""The drawn thread: named links, shapes for states, and a narrow one cheap enough for fifty rows."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from flask import Flask

from app.ui.thread import Mark, layout
from app.ui.thread_svg import mini, thread_svg
from tests.pace import processor_seconds, slowness

NOW = date(2026, 11, 21)


@pytest.fixture(autouse=True)
def _reading(gallery_app: Flask) -> Iterator[None]:
    with gallery_app.test_request_context("/?lang=en"):
        yield


def test_a_linked_mark_is_named_and_can_be_hit() -> None:
    drawn = thread_svg(
        layout([Mark(NOW, "broken", "Order <10248> late", "/orders/10248")], NOW), "Meyer & Co"
    )
    assert '<a class="broken" href="/orders/10248" aria-label="Order &lt;10248&gt; late">' in drawn
    assert 'width="24" height="24"' in drawn
    assert 'aria-label="Meyer &amp; Co"' in drawn


def test_drawings_carry_no_style() -> None:
    assert "style=" not in thread_svg(layout([Mark(NOW, "kept", "x")], NOW), "x")


def test_the_narrow_thread_says_itself_in_words() -> None:
    marks = [Mark(NOW - timedelta(days), "kept", "") for days in (3, 20, 40)] + [Mark(NOW, "broken", "")]
    assert 'aria-label="1 broken, 3 kept"' in mini(marks, NOW)
    assert "Nothing in these days" in mini([], NOW)


def test_a_place_of_the_narrow_thread_shows_its_worst() -> None:
    drawn = mini([Mark(NOW, "kept", ""), Mark(NOW, "broken", ""), Mark(NOW, "event", "")], NOW)
    assert 'class="b"' in drawn
    assert 'class="k"' not in drawn


def test_fifty_narrow_threads_cost_little() -> None:
    rows = [
        [Mark(NOW - timedelta((row * 7 + i * 11) % 90), "kept", "") for i in range(10)] for row in range(50)
    ]
    assert processor_seconds(lambda: [mini(row, NOW) for row in rows], 5) / 50 < 60e-6 * slowness()
