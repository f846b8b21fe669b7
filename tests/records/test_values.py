"""What people type becomes what is stored, or a problem that says the remedy."""

from contextlib import suppress
from datetime import UTC, date, datetime
from decimal import Decimal
from random import Random
from typing import Any

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.money import LARGEST
from app.domain.contacts.models import CONTACTS
from app.domain.incidents.models import INCIDENTS
from app.records.habits import Habits
from app.records.types import Field
from app.records.values import Refused, dialled, read

GERMAN = Habits(language="de", time_zone="Europe/Berlin")
ENGLISH = Habits(language="en", time_zone="Europe/London", region="GB")


def field(kind: Any, **more: Any) -> Field:
    return Field("field", kind, "Field", **more)


@pytest.mark.parametrize(
    ("typed", "habits", "amount"),
    [
        ("1.234,56", GERMAN, "1234.56"),
        ("1,234.56", ENGLISH, "1234.56"),
        ("1.234", GERMAN, "1234"),
        ("0.125", GERMAN, "0.125"),
        ("-0,250", ENGLISH, "-0.250"),
        ("1.234", ENGLISH, "1.234"),
        ("1,234", ENGLISH, "1234"),
        ("1.234.567", ENGLISH, "1234567"),
        ("$90,000 ", ENGLISH, "90000"),
        ("1 234,50 €", GERMAN, "1234.50"),
        ("EUR 12,5", GERMAN, "12.5"),
        ("(12.50)", ENGLISH, "-12.5"),
        ("−3,5", GERMAN, "-3.5"),
        ("12.5000", GERMAN, "12.5"),
        (0.1, GERMAN, "0.1"),
        (7, GERMAN, "7"),
    ],
)
def test_amounts_are_read_as_written_here(typed: Any, habits: Habits, amount: str) -> None:
    assert read(field("money"), typed, habits) == Decimal(amount)


@pytest.mark.parametrize("typed", ["abc", "1,2,3.4.5", "NaN", "Infinity", "--1", "1e99", "9" * 16, "1.23456"])
def test_amounts_that_are_none_are_refused(typed: str) -> None:
    with pytest.raises(Refused):
        read(field("money"), typed, ENGLISH)


@given(st.decimals(min_value=-LARGEST + 1, max_value=LARGEST - 1, places=4))
def test_every_amount_survives_its_plain_form(amount: Decimal) -> None:
    assert read(field("money"), format(amount, "f"), ENGLISH) == amount


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("2026-11-21", date(2026, 11, 21)),
        ("21.11.2026", date(2026, 11, 21)),
        ("1.2.26", date(2026, 2, 1)),
        ("1996-07-04 00:00:00.000", date(1996, 7, 4)),
        ("2026/11/21", date(2026, 11, 21)),
        ("20261121", date(2026, 11, 21)),
    ],
)
def test_dates_are_read_as_written(typed: str, day: date) -> None:
    assert read(field("date"), typed, GERMAN) == day


def test_slashes_need_an_order_of_day_and_month() -> None:
    with pytest.raises(Refused) as refused:
        read(field("date"), "11/12/2026", ENGLISH)
    month_first, day_first = Habits(day_first=False), Habits(day_first=True)

    assert refused.value.code == "ambiguous_date"
    assert read(field("date"), "11/12/2026", month_first) == date(2026, 11, 12)
    assert read(field("date"), "11/12/2026", day_first) == date(2026, 12, 11)
    assert read(field("date"), "5/14/1965", month_first) == date(1965, 5, 14)


@pytest.mark.parametrize("typed", ["31.02.2026", "2026-13-01", "0001-01-01", "soon", "12", "٢٠٢٦-١١-٢١"])
def test_days_that_do_not_exist_are_refused(typed: str) -> None:
    with pytest.raises(Refused):
        read(field("date"), typed, GERMAN)


@pytest.mark.parametrize(
    ("typed", "instant"),
    [
        ("2026-07-01 14:30", datetime(2026, 7, 1, 12, 30, tzinfo=UTC)),
        ("2026-07-01T14:30:05Z", datetime(2026, 7, 1, 14, 30, 5, tzinfo=UTC)),
        ("2026-07-01T14:30+02:00", datetime(2026, 7, 1, 12, 30, tzinfo=UTC)),
        ("01.07.2026 14:30 Uhr", datetime(2026, 7, 1, 12, 30, tzinfo=UTC)),
        ("2026-07-01 2:30 pm", datetime(2026, 7, 1, 12, 30, tzinfo=UTC)),
        ("2026-07-01", datetime(2026, 6, 30, 22, 0, tzinfo=UTC)),
    ],
)
def test_times_are_local_unless_they_say_otherwise(typed: str, instant: datetime) -> None:
    assert read(field("datetime"), typed, GERMAN) == instant


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("030 1234567", "+49301234567"),
        ("+44 20 7946 0018", "+442079460018"),
        ("(5) 555-4729", "+4955554729"),
        ("ask for Tom", "ask for Tom"),
        ("030 1234567 ext. 12", "030 1234567 ext. 12"),
    ],
)
def test_phones_become_e164_or_stay(typed: str, stored: str) -> None:
    assert read(field("phone"), typed, GERMAN) == stored


@pytest.mark.parametrize("typed", ["Anna@Example.COM", " anna@example.com "])
def test_emails_are_compared_in_lower_case(typed: str) -> None:
    assert read(field("email"), typed, GERMAN) == "anna@example.com"


@pytest.mark.parametrize("typed", ["anna", "anna@", "a b@example.com", "anna@example", "@x.com", "x" * 300])
def test_texts_that_are_no_email_are_refused(typed: str) -> None:
    with pytest.raises(Refused) as refused:
        read(field("email"), typed, GERMAN)

    assert refused.value.code == "not_an_email"


@pytest.mark.parametrize("typed", ["https://www.Müller.example/de", "www.müller.example", "i@müller.example"])
def test_web_sites_become_domains(typed: str) -> None:
    assert read(field("domain"), typed, GERMAN) == "xn--mller-kva.example"


@pytest.mark.parametrize("typed", ["javascript:alert(1)", "ftp://x.example", "https://", "data:text/html,x"])
def test_only_web_addresses_are_web_addresses(typed: str) -> None:
    with pytest.raises(Refused):
        read(field("url"), typed, GERMAN)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("Deutschland", "DE"),
        ("germany", "DE"),
        ("de", "DE"),
        ("USA", "US"),
        ("UK", "GB"),
        ("Österreich", "AT"),
    ],
)
def test_countries_have_names_in_both_languages(typed: str, code: str) -> None:
    assert read(field("country"), typed, GERMAN) == code


def test_choices_go_by_value_label_or_other_word() -> None:
    gender, severity = CONTACTS.by_name["gender"], INCIDENTS.by_name["severity"]

    assert {read(gender, word, GERMAN) for word in ("female", "Female", "F", "weiblich")} == {"female"}
    assert {read(severity, word, GERMAN) for word in (3, "3", "Serious", "hoch")} == {3}
    with pytest.raises(Refused):
        read(gender, "purple", GERMAN)


@pytest.mark.parametrize(("typed", "part"), [("15 %", "0.15"), ("0.15", "0.15"), ("15", "0.15"), (1, "1")])
def test_percentages_are_parts_of_one(typed: Any, part: str) -> None:
    assert read(field("percent"), typed, GERMAN) == Decimal(part)


@pytest.mark.parametrize("word", ["ja", "yes", "1", "TRUE", True])
def test_yes_has_many_words(word: Any) -> None:
    assert read(field("boolean"), word, GERMAN) is True


@pytest.mark.parametrize("broken", ["a\x00b", "half \ud83d pair"])
def test_characters_that_cannot_be_stored_are_refused(broken: str) -> None:
    for kind in ("text", "longtext", "email", "phone", "domain", "url", "emails", "phones"):
        with pytest.raises(Refused):
            read(field(kind), broken, GERMAN)


def test_texts_have_limits_and_lines_only_where_they_may() -> None:
    assert read(field("text"), " one\r\ntwo\x07 ", GERMAN) == "one two"
    assert read(field("longtext"), "one\r\ntwo\x07\tthree", GERMAN) == "one\ntwo\tthree"
    assert read(field("text"), " \t ", GERMAN) is None
    for kind, length in (("text", 501), ("longtext", 100_001)):
        with pytest.raises(Refused) as refused:
            read(field(kind), "x" * length, GERMAN)
        assert refused.value.code == "too_long"


@given(
    st.sampled_from(["text", "longtext", "email", "phone", "url", "domain", "number", "money", "percent"])
    | st.sampled_from(["date", "datetime", "boolean", "choice", "relation", "member", "country", "currency"])
    | st.sampled_from(["emails", "phones", "external_ids"]),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
        max_leaves=5,
    ),
)
def test_nothing_breaks_the_reading_of_values(kind: Any, raw: Any) -> None:
    for habits in (GERMAN, ENGLISH, Habits(day_first=True)):
        with suppress(Refused):
            stored = read(field(kind), raw, habits)
            if kind not in ("percent", "emails", "phones", "external_ids"):
                assert read(field(kind), stored, habits) == stored


def test_numbers_with_a_plus_are_read_at_once_as_with_care() -> None:
    chance = Random(7)
    read = 0
    for code in (1, 7, 30, 39, 41, 43, 44, 49, 52, 54, 55, 61, 81, 86, 225, 355, 420, 800):
        for _ in range(60):
            number = f"+{code} {chance.randrange(10 ** chance.randint(5, 12))}"
            found = dialled.international(number)
            if found is not None:
                read += 1
                parsed = phonenumbers.parse(number)
                assert phonenumbers.is_possible_number(parsed)
                assert found == phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    assert read > 300
    assert [dialled.international(each) for each in ("+49 0221 1234567", "0221 1234567", "+999 1234567")] == [
        None
    ] * 3
