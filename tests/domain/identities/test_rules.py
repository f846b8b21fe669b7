"""Addresses and passwords."""

import pytest

from app.domain.identities import passwords
from app.domain.identities.rules import clean_name, normal_email, password_problem

ABOUT = ("Nordwind GmbH", "Ann Berg", "ann.berg@nordwind.example")


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        (" Ann@Nordwind.EXAMPLE ", "ann@nordwind.example"),
        ("ann+kith@nordwind.example", "ann+kith@nordwind.example"),
        ("ann@müller.example", "ann@xn--mller-kva.example"),
        ("ann@nordwind.local", "ann@nordwind.local"),
        ("ann@nordwind.test", "ann@nordwind.test"),
        ("ann@nordwind", None),
        ("ann", None),
        ("a b@c.example", None),
        ("ann@c.example\r\nBcc: x@y.example", None),
        ("a" * 300 + "@c.example", None),
        ("", None),
    ],
)
def test_addresses_are_stored_in_one_form(typed: str, stored: str | None) -> None:
    assert normal_email(typed) == stored


@pytest.mark.parametrize(
    "password", ["1234567", "password", "password123", "nordwind", "Nordwind", "aaaaaaaaaaaa", "qwertyuiop"]
)
def test_refuses_what_is_guessed_first(password: str) -> None:
    assert password_problem(password, ABOUT) is not None


@pytest.mark.parametrize(
    "password",
    ["wandern im harz", "8gH2kPqz", "only lower case words", "🦊🐻🐼🐨🐯🦁🐮🐷", "x9" + "ä-" * 150],
)
def test_asks_for_no_kinds_of_characters(password: str) -> None:
    assert password_problem(password, ABOUT) is None


def test_every_character_counts() -> None:
    long = "wandern im harz " * 20
    stored = passwords.hash_password(long + "a")
    assert passwords.matches(stored, long + "a")
    assert not passwords.matches(stored, long + "b")
    assert not passwords.matches(stored, (long + "a").upper())


def test_nobody_has_a_password() -> None:
    assert not passwords.matches(None, "anything")
    assert not passwords.matches("not a hash", "anything")


@pytest.mark.usefixtures("usual_cost")
def test_older_hashes_are_renewed() -> None:
    assert passwords.is_outdated("$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$AAAAAAAAAAAAAAAAAAAAAA")
    assert not passwords.is_outdated(passwords.hash_password("wandern im harz"))


def test_names_stay_on_one_line() -> None:
    assert clean_name(" Ann\r\nBcc: x \u2028 Berg\x00 ") == "Ann Bcc: x Berg"
