"""Dates, numbers, names and words as people write them."""

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.imports.rules.dates import DateEvidence, Order, parse_date, parse_datetime
from app.domain.imports.rules.formula import original_cell, safe_cell
from app.domain.imports.rules.numbers import NumberEvidence, Point, parse_amount
from app.domain.imports.rules.people import split_name
from app.domain.imports.rules.words import is_empty, parse_boolean

DAYS = st.dates(date(1000, 1, 1), date(9999, 12, 31))
BERLIN = ZoneInfo("Europe/Berlin")


def evidence(*cells: str) -> DateEvidence:
    seen = DateEvidence()
    for cell in cells:
        seen.add(cell)
    return seen


@given(day=DAYS, pad=st.booleans(), sign=st.sampled_from("/.-"))
def test_date_survives_either_order(day: date, pad: bool, sign: str) -> None:
    first, second = (f"{day.day:02}", f"{day.month:02}") if pad else (str(day.day), str(day.month))
    assert parse_date(f"{first}{sign}{second}{sign}{day.year:04}", "dmy") == day
    assert parse_date(f"{second}{sign}{first}{sign}{day.year:04}", "mdy") == day
    assert parse_date(day.isoformat(), "mdy") == day


@given(cell=st.text(max_size=30))
def test_no_text_breaks_the_parsers(cell: str) -> None:
    for order in ("ymd", "dmy", "mdy"):
        parse_date(cell, order)
        parse_datetime(cell, order, BERLIN)
    parse_amount(cell, ".")
    parse_amount(cell, ",")
    evidence(cell).verdict()
    split_name(cell)
    assert original_cell(safe_cell(cell)) == cell or cell.startswith("'")


@pytest.mark.parametrize(
    ("cells", "order", "certain"),
    [
        (["04/08/1966", "5/14/1965"], "mdy", True),
        (["14/05/1965", "04/08/1966"], "dmy", True),
        (["04/08/1966", "05/07/1965"], "dmy", False),
        (["04.08.1966", "05.07.1965"], "dmy", True),
        (["1996-07-04 00:00:00.000"], "ymd", True),
        (["14/05/1965", "05/14/1965"], "mdy", False),
    ],
)
def test_order_of_dates_is_read_from_all_values(cells: list[str], order: Order, certain: bool) -> None:
    verdict = evidence(*cells).verdict()
    assert (verdict.order, verdict.certain) == (order, certain)


def test_times_without_an_offset_are_local() -> None:
    assert parse_datetime("1996-07-04 00:00:00.000", "ymd", BERLIN) == datetime(1996, 7, 3, 22, tzinfo=UTC)
    assert parse_datetime("2021-01-01T10:00:00Z", "ymd", BERLIN) == datetime(2021, 1, 1, 10, tzinfo=UTC)
    assert parse_datetime("7/4/2020 3:05 PM", "mdy", BERLIN) == datetime(2020, 7, 4, 13, 5, tzinfo=UTC)
    assert parse_datetime("7/4/2020 25:05", "mdy", BERLIN) is None


@pytest.mark.parametrize(
    ("cell", "point", "value", "currency"),
    [
        ("$90,000 ", ".", "90000", "USD"),
        ("1.234,56 €", ",", "1234.56", "EUR"),
        ("1 234,56", ",", "1234.56", None),
        ("1'234.50", ".", "1234.50", None),
        ("EUR 12.5", ".", "12.5", "EUR"),
        ("12.50 CHF", ".", "12.50", "CHF"),
        ("(1,000.00)", ".", "-1000.00", None),
        ("-5", ".", "-5", None),
        (".15", ".", "0.15", None),
        ("12,34,567.8", ".", "1234567.8", None),
    ],
)
def test_number_is_read(cell: str, point: Point, value: str, currency: str | None) -> None:
    amount = parse_amount(cell, point)
    assert amount is not None
    assert (amount.value, amount.currency) == (Decimal(value), currency)


@pytest.mark.parametrize("cell", ["", "abc", "1,23,4", "1.2.3", "12 apples", "--5", "1,5"])
def test_what_is_no_number_is_none(cell: str) -> None:
    assert parse_amount(cell, ".") is None


@given(value=st.decimals(-(10**9), 10**9, places=2))
def test_german_and_english_numbers_agree(value: Decimal) -> None:
    english = f"{value:,.2f}"
    german = english.translate(str.maketrans(",.", ".,"))
    assert parse_amount(english, ".") == parse_amount(german, ",")
    seen = NumberEvidence()
    seen.add(german)
    assert seen.verdict()[0] == ","


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("Maria Anders", "Maria", "Anders"),
        ("Anders, Maria", "Maria", "Anders"),
        ("Maria de la Cruz", "Maria", "de la Cruz"),
        ("Dr. Anna Lena von Berg", "Anna Lena", "von Berg"),
        ("Cher", "", "Cher"),
        ("", "", ""),
        ("  Zhang   Wei ", "Zhang", "Wei"),
    ],
)
def test_full_name_is_split(text: str, first: str, last: str) -> None:
    assert split_name(text) == (first, last)


def test_words_for_nothing_yes_and_no() -> None:
    assert all(is_empty(word) for word in ("", "  ", "NULL", "n/a", "-", "\\N"))
    assert not is_empty("0")
    assert [parse_boolean(word) for word in ("Y", "nein", "ja", "0", "perhaps")] == [
        True,
        False,
        True,
        False,
        None,
    ]


@pytest.mark.parametrize("cell", ["=1+1", "@SUM(A1)", "+cmd|' /C calc'!A0", "-1+1|x", "\t=1", "＝1"])
def test_formula_is_disarmed(cell: str) -> None:
    assert safe_cell(cell) == "'" + cell
    assert original_cell(safe_cell(cell)) == cell


@pytest.mark.parametrize("cell", ["+49 30 1234-5", "-12.50", "plain", "a=b"])
def test_phones_and_amounts_stay_as_they_are(cell: str) -> None:
    assert safe_cell(cell) == cell
