"""The workspace's settings and one's own preferences."""

from typing import Any

import pytest

from tests.cast import ANN
from tests.visitor import Visitor


def form(**changes: Any) -> dict[str, Any]:
    typed: dict[str, Any] = {
        "company": "Nordwind GmbH", "time_zone": "Europe/Berlin", "language": "en", "currency": "EUR",
        "country": "DE", "week_start": "1", "grace_days": "2", "working_days": ["1", "2", "3", "4", "5", "6"],
    }  # fmt: skip
    return typed | changes


def test_settings_are_kept(ann: Visitor) -> None:
    assert ann.post("/settings", form(company="Nordwind SE", currency="CHF")).status_code == 303
    page = ann.get("/settings").text
    assert 'value="Nordwind SE"' in page
    assert '<option value="CHF" selected>' in page
    assert 'value="6" checked' in page
    assert 'value="7" checked' not in page


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("company", " "), ("company", "x" * 121), ("time_zone", "Mars/Base"), ("language", "fr"),
        ("currency", "EURO"), ("country", "XX"), ("week_start", "3"), ("grace_days", "-1"),
        ("grace_days", "31"), ("grace_days", "two"), ("working_days", []), ("working_days", ["9"]),
    ],
)  # fmt: skip
def test_says_which_setting_to_mend(ann: Visitor, field: str, typed: Any) -> None:
    answer = ann.post("/settings", form(**{field: typed}))
    assert answer.status_code == 422
    assert f'href="#f-{field}"' in answer.text


def test_reader_sees_but_does_not_change(ralf: Visitor) -> None:
    assert "fieldset" in ralf.get("/settings").text
    assert ralf.post("/settings", form()).status_code == 403


def test_language_of_the_workspace_is_the_members(ann: Visitor) -> None:
    assert '<html lang="de"' in ann.get("/settings").text
    ann.post("/settings", form(language="en"))
    assert '<html lang="en"' in ann.get("/settings", headers={"Accept-Language": "de"}).text


def test_own_choices_win(ann: Visitor, bob: Visitor) -> None:
    typed = {
        "name": "Ann B. Berg",
        "language": "en",
        "time_zone": "Europe/London",
        "theme": "dark",
        "density": "compact",
    }
    assert ann.post("/profile", typed).status_code == 303
    page = ann.get("/profile").text
    assert '<html lang="en" data-theme="dark" data-density="compact"' in page
    assert "Ann B. Berg" in page
    assert '<html lang="de"' in bob.get("/profile").text


@pytest.mark.parametrize(
    "typed",
    [{"theme": "neon"}, {"language": "xx"}, {"time_zone": "No/Where"}, {"name": ""}, {"density": "none"}],
)
def test_odd_choices(ann: Visitor, typed: dict[str, str]) -> None:
    assert ann.post("/profile", {"name": ANN.name} | typed).status_code == 422


def test_menu_stores_one_choice_at_a_time(ann: Visitor) -> None:
    headers = {"Accept": "application/json"}
    for typed in ({"theme": "dark"}, {"density": "compact"}, {"language": "en"}, {"side": "folded"}):
        assert ann.post("/preferences", typed, headers=headers).status_code == 200
    assert (
        '<html lang="en" data-theme="dark" data-density="compact" data-side="folded"'
        in ann.get("/profile").text
    )
    assert ann.post("/preferences", {"theme": "neon"}, headers=headers).status_code == 422


def test_name_of_the_company_is_one_clean_line(ann: Visitor) -> None:
    typed = {"company": "Nord\0wind\r\nBcc: x@y.example", "working_days": ["1"]}
    assert ann.post("/settings", typed).status_code == 303
    assert "Nord wind Bcc: x@y.example" in ann.get("/settings").text
