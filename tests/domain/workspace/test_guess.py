"""What is guessed about a company from its browser."""

import pytest

from app.domain.workspace.rules import Workspace, guess, problems


@pytest.mark.parametrize(
    ("zone", "languages", "expected"),
    [
        ("Europe/Berlin", ["de-DE", "en"], ("Europe/Berlin", "de", "EUR", 1, "DE")),
        ("Europe/London", ["en-GB"], ("Europe/London", "en", "GBP", 1, "GB")),
        ("America/New_York", ["en-US"], ("America/New_York", "en", "USD", 7, "US")),
        ("Europe/Zurich", ["fr-CH", "de-CH"], ("Europe/Zurich", "de", "CHF", 1, "CH")),
        ("", ["en-AU"], ("UTC", "en", "AUD", 1, "AU")),
        ("Mars/Base", [], ("UTC", "en", "EUR", 1, "")),
        ("Africa/Cairo", ["ar-EG"], ("Africa/Cairo", "en", "EGP", 6, "EG")),
    ],
)
def test_guesses_from_zone_and_languages(
    zone: str, languages: list[str], expected: tuple[object, ...]
) -> None:
    found = guess(zone, languages)
    told = (found.time_zone, found.language, found.currency, found.week_start, found.country)
    assert told == expected
    assert problems(vars(found) | {"company": "x"}) == []


def test_defaults_are_sound() -> None:
    assert problems(vars(Workspace(company="Nordwind"))) == []
