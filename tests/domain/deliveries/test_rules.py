"""Status and times of a delivery agree, and a delay is as grave as it is long."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from app.domain.deliveries.rules import is_history, is_owed, settled, severity

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
EARLIER = datetime(2026, 11, 18, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("status", "shipped", "delivered", "named", "follows"),
    [
        ("planned", None, NOW, {"delivered_at"}, {"status": "delivered"}),
        ("delivered", None, None, {"status"}, {"delivered_at": NOW}),
        ("delivered", EARLIER, None, {"delivered_at"}, {"status": "shipped"}),
        ("delivered", None, None, {"delivered_at"}, {"status": "planned"}),
        ("shipped", EARLIER, NOW, {"status"}, {"delivered_at": None}),
        ("shipped", None, None, {"status"}, {"shipped_at": NOW}),
        (None, EARLIER, None, {"shipped_at"}, {"status": "shipped"}),
        ("returned", EARLIER, NOW, {"delivered_at"}, {}),
        ("cancelled", None, None, {"status"}, {}),
    ],
)
def test_status_and_times_agree(
    status: str | None,
    shipped: datetime | None,
    delivered: datetime | None,
    named: set[str],
    follows: dict[str, Any],
) -> None:
    assert settled(status, shipped, delivered, frozenset(named), NOW) == follows


def test_history_is_given_no_invented_times() -> None:
    assert settled("delivered", None, None, frozenset({"status"}), None) == {}


@pytest.mark.parametrize(("days", "earlier", "grave"), [(1, 0, 2), (3, 0, 3), (1, 1, 3), (10, 5, 4)])
def test_a_delay_is_as_grave_as_long_and_repeated(days: int, earlier: int, grave: int) -> None:
    assert severity(days, earlier) == grave


@pytest.mark.parametrize(
    ("changed", "owed"),
    [
        ({}, True),
        ({"delivered_at": NOW}, False),
        ({"status": "cancelled"}, False),
        ({"status": "returned"}, False),
        ({"deleted_at": NOW}, False),
        ({"promised_on": None}, False),
    ],
)
def test_owed_until_kept_or_called_off(changed: dict[str, Any], owed: bool) -> None:
    values = {
        "promised_on": date(2026, 11, 20),
        "delivered_at": None,
        "status": "planned",
        "deleted_at": None,
    }
    assert is_owed(values | changed) is owed


def test_only_the_past_is_history() -> None:
    assert is_history(EARLIER, None, NOW)
    assert is_history(None, EARLIER, NOW)
    assert not is_history(NOW.replace(day=25), None, NOW)
