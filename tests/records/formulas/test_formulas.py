"""A formula is typed before it runs, runs in bounded time, and gives the exact value or a reason for none."""

import string
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.records.formulas.functions import HELP
from app.records.formulas.kinds import RESULTS, Usable
from app.records.formulas.parsing import DEEPEST, MOST_PARTS
from app.records.formulas.running import REASONS, formula
from app.records.formulas.tokens import LONGEST
from app.records.formulas.wrong import NoValue, WrongFormula
from tests.pace import processor_seconds, slowness

FIELDS = (
    Usable("price", "money", "currency"),
    Usable("cost", "money", "cost_currency"),
    Usable("hours", "number"),
    Usable("name", "text"),
    Usable("state", "text"),
    Usable("tags", "texts"),
    Usable("built", "date"),
    Usable("seen", "datetime"),
    Usable("leased", "boolean"),
    Usable("owner_id", "link"),
    Usable("in_use", "boolean"),
)
VALUES: dict[str, Any] = {
    "price": Decimal("12.50"),
    "currency": "EUR",
    "hours": Decimal("2.5"),
    "name": "Press 7",
    "state": "broken",
    "tags": ["loud"],
    "built": date(2019, 5, 4),
    "seen": datetime(2026, 1, 2, 3, tzinfo=UTC),
    "leased": True,
}


def _worked_out(source: str, **values: Any) -> Any:
    found = formula(source, FIELDS)
    return found.work_out(VALUES | values, found.kind, 4)[0]


def _refused(source: str) -> WrongFormula | None:
    try:
        formula(source, FIELDS)
    except WrongFormula as wrong:
        return wrong
    return None


def _result(source: str, **values: Any) -> tuple[Any, str]:
    """The value, or the reason for none."""
    try:
        return _worked_out(source, **values), ""
    except NoValue as missing:
        return None, missing.reason


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("price * hours", Decimal("31.25")),
        ("price * 1.19", Decimal("14.88")),
        ("price / 3 * 3", Decimal("12.50")),
        ("price + 5", Decimal("17.50")),
        ("5 - price", Decimal("-7.50")),
        ("-price", Decimal("-12.50")),
        ("price / price", 1),
        ("price >= 12.5 && leased", True),
        ("min(price, 10)", 10),
        ("round(price * 1.111, 1)", Decimal("13.9")),
        ("price - cost.orValue(0)", Decimal("12.50")),
        ("0.1 + 0.2", Decimal("0.3")),
        ("hours - (hours - 1) - 1", 0),
        ("-hours * -2", 5),
        ("hours % 2", Decimal("0.5")),
        ("max(1, hours, 2)", Decimal("2.5")),
        ("name + ' ' + string(hours)", "Press 7 2.5"),
        ("string(price)", "12.50"),
        ("upper(left(name, 3)) + right(name, 1)", "PRE7"),
        ("name.startsWith('P') && name.matches('^P.* [0-9]$')", True),
        ("size(name) > 3 ? 'long' : 'short'", "long"),
        ("built + 14", date(2019, 5, 18)),
        ("addMonths(date('2024-01-31'), 1)", date(2024, 2, 29)),
        ("date('2019-06-04') - built", 31),
        ("year(built) * 100 + month(built)", 201905),
        ("seen - timestamp('2026-01-01T00:00:00Z')", Decimal("1.125")),
        ("date(seen) == date('2026-01-02')", True),
        ("state in ['open', 'broken'] && 'loud' in tags", True),
        ("has(owner_id) || owner_id != null", False),
        ("state == 'x' ? price : 0", 0),
        ("'größer' + ' 🎉'", "größer 🎉"),
        ("in_use.orValue(true)", True),
    ],
)
def test_formula_gives_exact_value(source: str, value: Any) -> None:
    assert _worked_out(source) == value


@pytest.mark.parametrize(
    ("source", "code", "at"),
    [
        ("", "empty", 0),
        ("prise * 2", "unknown_field", 0),
        ("hours + price", "different", 6),
        ("name + hours", "different", 5),
        ("leased + 1", "different", 7),
        ("hours ? 1 : 2", "wrong_kind", 0),
        ("leased ? 1 : 'a'", "different", 7),
        ("now()", "no_clock", 0),
        ("random()", "no_clock", 0),
        ("rund(hours)", "unknown_function", 0),
        ("round('a')", "bad_arguments", 0),
        ("hours = 2", "bad_sign", 6),
        ("hours and leased", "bad_word", 6),
        ("if(leased, 1, 2)", "bad_word", 0),
        ("'open", "open_text", 0),
        ("company.name", "no_path", 8),
        ("(hours", "missing", 6),
        ("hours 2", "unexpected", 6),
        ("hours *", "ends", 7),
        ("tags", "bad_result", 0),
        ("null", "bad_result", 0),
        ("date('31.1.2026')", "bad_date", 5),
        ("name.matches(state)", "bad_pattern", 13),
        ("(hours + 1).orValue(0)", "no_field", 7),
        ("1e400", "too_large", 0),
        ("'\\u0000'", "bad_text", 0),
        ("a" * (LONGEST + 1), "too_long", LONGEST),
        ("(" * (DEEPEST + 1) + "1" + ")" * (DEEPEST + 1), "too_deep", DEEPEST + 1),
        ("+".join(["1"] * MOST_PARTS), "too_large", None),
    ],
)
def test_wrong_formula_is_refused_where_it_is_wrong(source: str, code: str, at: int | None) -> None:
    with pytest.raises(WrongFormula) as wrong:
        formula(source, FIELDS)
    assert wrong.value.code == code
    assert at is None or wrong.value.at == at
    assert wrong.value.message % wrong.value.data


@pytest.mark.parametrize(
    ("source", "values", "reason"),
    [
        ("price / 0", {}, "division_by_zero"),
        ("hours / (hours - 2.5)", {}, "division_by_zero"),
        ("price / (price - 12.5)", {}, "division_by_zero"),
        ("price + cost", {}, "missing_value"),
        ("price + cost", {"cost": Decimal(1), "cost_currency": "CHF"}, "different_currencies"),
        ("hours * hours * hours", {"hours": Decimal(10) ** 9}, "out_of_range"),
        ("price * hours", {"hours": Decimal(10) ** 14}, "out_of_range"),
        ("built + 10000000", {}, "out_of_range"),
        ("double(name)", {}, "no_number"),
        ("name + name", {"name": "x" * 501}, "too_long"),
        ("name", {"name": "x" * 10_001}, "too_long"),
        ("leased ? 1 : 2", {"leased": None}, "missing_value"),
        ("upper(name)", {"name": None}, "missing_value"),
    ],
)
def test_no_value_has_its_reason(source: str, values: dict[str, Any], reason: str) -> None:
    with pytest.raises(NoValue) as missing:
        _worked_out(source, **values)
    assert missing.value.reason == reason


@pytest.mark.parametrize(("currency", "amount"), [("EUR", "12.35"), ("JPY", "12"), ("KWD", "12.346")])
def test_amounts_are_rounded_to_the_coin(currency: str, amount: str) -> None:
    found = formula("price * 1", FIELDS)
    assert found.work_out({"price": Decimal("12.3457"), "currency": currency}, "money", 4) == (
        Decimal(amount),
        currency,
    )


def test_examples_of_the_help_are_formulas() -> None:
    used = (
        "hours stage amount state discount closed_on price due_on built_on signed_on created_at name serial"
        " operators company_id"
    )
    kinds = {
        "hours": "number",
        "amount": "money",
        "discount": "number",
        "price": "money",
        "created_at": "datetime",
        "operators": "links",
        "company_id": "link",
    }
    named = dict.fromkeys(("closed_on", "due_on", "built_on", "signed_on"), "date")
    fields = tuple(Usable(each, {**kinds, **named}.get(each, "text")) for each in used.split())
    assert all(formula(each.example, fields).kind in RESULTS for each in HELP)


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(max_size=60), st.text(alphabet=string.punctuation + "hours 10'\"", max_size=60)))
def test_any_text_is_a_formula_or_refused(source: str) -> None:
    wrong = _refused(source)
    assert wrong is None or (0 <= wrong.at <= len(source) and wrong.message % wrong.data)


_NUMBERS = st.recursive(
    st.sampled_from(["hours", "(price / price)", "2", "0", "-1.5", "size(name)", "hours.orValue(1)"]),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from("+-*/%"), inner).map(
            lambda found: f"({found[0]} {found[1]} {found[2]})"
        ),
        inner.map(lambda found: f"round({found}, 2)"),
        st.tuples(inner, inner, inner).map(
            lambda found: f"({found[0]} > {found[1]} ? {found[1]} : {found[2]})"
        ),
    ),
    max_leaves=25,
)


@settings(max_examples=200, deadline=None)
@given(_NUMBERS, st.one_of(st.none(), st.decimals(-(10**9), 10**9, places=4)))
def test_whatever_was_accepted_gives_a_value_or_a_reason(source: str, hours: Decimal | None) -> None:
    wrong = _refused(source)
    if wrong is not None:
        assert wrong.code in ("too_deep", "too_large", "too_long")
        return
    value, reason = _result(source, hours=hours)
    assert (reason in REASONS and reason != "failed") if value is None else abs(value) < 10**15


@pytest.mark.parametrize(
    "source",
    [
        "+".join(["name"] * 90),
        "name.matches('^(([a-z]+)+)+$') && name.matches('(x+x+)+y')",
        "upper(" * 25 + "name" + ")" * 25,
        " && ".join(["name.contains('xxxxxxxxy')"] * 60),
    ],
)
def test_worst_formulas_end_soon(source: str) -> None:
    formula(source, FIELDS)

    def work_out() -> None:
        value, reason = _result(source, name="x" * 10_000)
        assert value is not None or reason == "too_long"

    assert processor_seconds(work_out) < 0.1 * slowness()


def test_pattern_that_is_none_is_refused_or_gives_none() -> None:
    with pytest.raises((WrongFormula, NoValue)):
        _worked_out("name.matches('((((')")
