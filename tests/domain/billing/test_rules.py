"""When invoices are due, what they make of a company, and what they cost: every case with its day."""

from datetime import date, timedelta

import pytest

from app.domain.billing import rules
from app.domain.billing.rules import Open

ISSUED = date(2026, 3, 2)
DUE = rules.due_on(ISSUED)


@pytest.mark.parametrize(
    ("days", "standing", "reminds"),
    [
        (-14, "active", False),
        (0, "active", False),
        (1, "past_due", False),
        (2, "past_due", False),
        (3, "past_due", True),
        (13, "past_due", True),
        (14, "read_only", True),
        (400, "read_only", True),
    ],
)
def test_an_open_invoice_makes_what_its_age_says(days: int, standing: str, reminds: bool) -> None:
    verdict = rules.judge([Open("2026-00001", DUE)], DUE + timedelta(days=days))
    assert (verdict.standing, bool(verdict.remind)) == (standing, reminds)
    assert (verdict.number == "2026-00001") is (standing != "active")


def test_the_oldest_open_invoice_counts() -> None:
    invoices = [Open("2026-00002", DUE + timedelta(days=30)), Open("2026-00001", DUE)]
    assert rules.judge(invoices, DUE + timedelta(days=31)).number == "2026-00001"
    assert rules.judge(invoices[:1], DUE + timedelta(days=31)).standing == "past_due"


def test_one_is_reminded_once() -> None:
    assert rules.judge([Open("1", DUE, is_reminded=True)], DUE + timedelta(days=5)).remind == ()


def test_nothing_open_is_fine() -> None:
    assert rules.judge([], DUE).standing == "active"


@pytest.mark.parametrize(
    ("began", "today", "first", "last"),
    [
        ("2026-01-31", "2026-02-27", "2026-01-31", "2026-02-27"),
        ("2026-01-31", "2026-02-28", "2026-02-28", "2026-03-30"),
        ("2026-01-31", "2026-03-31", "2026-03-31", "2026-04-29"),
        ("2026-12-15", "2027-01-14", "2026-12-15", "2027-01-14"),
        ("2026-12-15", "2027-01-15", "2027-01-15", "2027-02-14"),
        ("2028-02-29", "2029-03-01", "2029-02-28", "2029-03-28"),
    ],
)
def test_months_are_counted_from_the_first_day(began: str, today: str, first: str, last: str) -> None:
    found = rules.period(date.fromisoformat(began), date.fromisoformat(today))
    assert [day.isoformat() for day in found] == [first, last]


def test_every_day_of_ten_years_lies_in_one_month() -> None:
    began = date(2026, 1, 31)
    _, last = rules.period(began, began)
    for number in range(3653):
        today = began + timedelta(days=number)
        first, end = rules.period(began, today)
        assert first <= today <= end
        assert first == last + timedelta(days=1) or end == last
        last = end


@pytest.mark.parametrize(
    ("seller", "country", "vat_id", "tax"),
    [
        ("DE", "DE", "DE123456789", "domestic"),
        ("DE", "FR", "FR12345678901", "reverse"),
        ("DE", "FR", "", "domestic"),
        ("DE", "US", "", "abroad"),
        ("CH", "DE", "DE123456789", "abroad"),
        ("DE", "", "", "domestic"),
    ],
)
def test_tax_is_owed_where_the_directive_says(seller: str, country: str, vat_id: str, tax: str) -> None:
    assert rules.tax_of(seller, country, vat_id) == tax


@pytest.mark.parametrize(
    ("net", "permille", "tax"), [(2900, 190, 551), (1, 190, 0), (3, 190, 1), (9999, 0, 0), (50, 70, 4)]
)
def test_tax_is_whole_cents(net: int, permille: int, tax: int) -> None:
    found = rules.total(net, permille, "domestic")
    assert (found.tax, found.gross) == (tax, net + tax)
    assert rules.total(net, permille, "reverse").gross == net


def test_a_dearer_plan_costs_the_rest_of_the_month() -> None:
    first, last = date(2026, 4, 1), date(2026, 4, 30)
    assert rules.difference(2900, 9900, first, last, first) == 7000
    assert rules.difference(2900, 9900, date(2026, 4, 16), last, first) == 3500
    assert rules.difference(9900, 2900, first, last, first) == 0


def test_who_pays_is_named_completely() -> None:
    told = {"company": "Nordwind GmbH", "address": "Hafen 1", "country": "DE", "email": "a@b.example"}
    assert rules.problems(told) == []
    wrong = rules.problems(told | {"address": " ", "vat_id": "x" * 21})
    assert [each.path for each in wrong] == ["address", "vat_id"]
