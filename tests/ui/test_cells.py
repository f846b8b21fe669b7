"""Cells: safe whatever people type, written in the reader's language, hundreds in a few milliseconds."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from app.ui import cells
from app.ui.cells import BY_KIND, cell
from app.ui.escaping import escape
from app.ui.formats import Formats
from app.ui.table import Column, Row, Table
from tests.pace import processor_seconds, slowness

NOW = datetime(2026, 11, 21, 9, 12, tzinfo=UTC)
EVIL = """<script>alert(1)</script>" onmouseover='x' &amp;"""


@pytest.fixture(autouse=True)
def _reading(gallery_app: Flask) -> Iterator[None]:
    with gallery_app.test_request_context("/?lang=en"):
        yield


def test_what_means_something_in_html_is_escaped() -> None:
    assert escape("""a & b < c > d " e ' f ä""") == "a &amp; b &lt; c &gt; d &#34; e &#39; f ä"


def reader(locale: str = "en") -> Formats:
    return Formats(locale, ZoneInfo("Europe/Berlin"), NOW)


@pytest.mark.parametrize("kind", ["text", "longtext", "email", "phone", "url", "choice", "member"])
def test_what_people_type_stays_text(kind: str) -> None:
    drawn = cell(kind, EVIL, reader())
    assert "<script" not in drawn
    assert "' onmouse" not in drawn
    assert '" onmouse' not in drawn


def test_what_people_type_stays_text_in_links_and_rows() -> None:
    drawn = cells.relation(EVIL, f"/x?{EVIL}") + cells.record(EVIL, "/x") + cells.pill(EVIL, "broken")
    row = Row(EVIL, EVIL, EVIL, [cells.text(EVIL)], {"name": EVIL})
    table = Table("t", "T", [Column("name", "Name", editable=True)], [row])
    assert "<script" not in drawn + table.body()
    assert '" onmouse' not in drawn + table.body()


def test_only_web_addresses_become_links() -> None:
    assert "href" not in cells.url("javascript:alert(1)")
    assert 'href="https://meyer-mb.example"' in cells.url("meyer-mb.example")
    assert ">meyer-mb.example/shop<" in cells.url("https://www.meyer-mb.example/shop/")


@pytest.mark.parametrize("kind", BY_KIND)
def test_nothing_is_drawn_for_nothing(kind: str) -> None:
    assert cell(kind, None, reader()) == ""


def test_numbers_follow_the_language() -> None:
    english, german = reader(), reader("de")
    assert cell("money", (Decimal("412380"), "EUR"), english) == "412,380.00\N{NO-BREAK SPACE}EUR"
    assert cell("money", (Decimal("412380"), "EUR"), german) == "412.380,00\N{NO-BREAK SPACE}EUR"
    assert cell("money", (Decimal("1200"), "JPY"), english) == "1,200\N{NO-BREAK SPACE}JPY"
    assert cell("number", Decimal("1234.50"), german) == "1.234,5"
    assert english.percent(0.897) == "89.7\N{NO-BREAK SPACE}%"


def test_phones_are_written_as_at_home_and_abroad() -> None:
    assert ">0561 4000120<" in cell("phone", "+495614000120", reader())
    assert ">+44 20 7946 0958<" in cell("phone", "+442079460958", reader())
    assert 'href="tel:+495614000120"' in cell("phone", "+495614000120", reader())


@pytest.mark.parametrize(
    ("ago", "english", "german"),
    [
        (timedelta(minutes=3), "3 minutes ago", "vor 3 Minuten"),
        (timedelta(hours=26), "26 hours ago", "vor 26 Stunden"),
        (timedelta(days=3), "3 days ago", "vor 3 Tagen"),
        (timedelta(days=31), "31 days ago", "vor 31 Tagen"),
        (timedelta(days=-2), "in 2 days", "in 2 Tagen"),
    ],
)
def test_times_are_told_as_people_count(ago: timedelta, english: str, german: str) -> None:
    assert reader().relative(NOW - ago) == english
    assert reader("de").relative(NOW - ago) == german


def test_a_time_names_its_exact_instant() -> None:
    drawn = cell("datetime", NOW - timedelta(hours=2), reader())
    assert 'datetime="2026-11-21T07:12:00Z"' in drawn
    assert 'title="Saturday, 21 November 2026, 08:12"' in drawn


def test_dates_leave_out_this_year() -> None:
    assert ">19 Nov<" in cell("date", date(2026, 11, 19), reader())
    assert ">19. Nov. 2025<" in cell("date", date(2025, 11, 19), reader("de"))


def test_a_page_of_records_renders_in_milliseconds() -> None:
    formats = reader()
    kinds = ["text", "email", "phone", "number", "money", "date", "datetime", "choice"]
    columns = [Column(kind, kind, kind) for kind in kinds]

    def page(turn: int) -> str:
        rows = []
        for i in range(50):
            values = [
                f"Name {i}", f"p{i}@example.org", f"+49561400{i:04d}", i * turn,
                (Decimal(i * turn) + Decimal("0.5"), "EUR"), date(2026, 1 + i % 12, 1),
                NOW - timedelta(hours=i), ("Lead", None),
            ]  # fmt: skip
            content = [cell(kind, value, formats) for kind, value in zip(kinds, values, strict=True)]
            rows.append(Row(str(i), f"Name {i}", f"/c/{i}", content))
        return Table("t", "T", columns, rows).body()

    page(1)
    turns = count(2)
    assert processor_seconds(lambda: page(next(turns)), 7) < 0.005 * slowness()
