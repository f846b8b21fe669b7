"""A company signs up and is in its workspace at once."""

import threading

import pytest
from flask import Flask
from sqlalchemy import text

from tenants.engines import engines
from tests.cast import ANN, NORDWIND, PASSWORD, Workspace
from tests.mailbox import control_mails
from tests.visitor import BASE, Visitor
from tests.web.signing_up import form, settled, sign_up


def count(table: str) -> int:
    with engines().control.begin() as connection:
        return int(connection.scalar(text(f"SELECT count(*) FROM kith.{table}")) or 0)


def claimed() -> list[str]:
    query = text("SELECT slug FROM kith.tenants WHERE slug IS NOT NULL ORDER BY slug")
    with engines().control.begin() as connection:
        return list(connection.scalars(query))


def test_form_has_the_agreed_labels(visitor: Visitor) -> None:
    page = visitor.get("/sign-up").text
    for label in ("Company", "Your name", "Work email", "Password"):
        assert f">{label}</label>" in page


def test_workspace_is_there_at_once(visitor: Visitor) -> None:
    page = settled(visitor)
    assert visitor.host == "http://nordwind.localhost:8000"
    assert page.status_code == 200
    assert "Nordwind GmbH" in page.text


def test_settings_are_those_of_the_browser(visitor: Visitor) -> None:
    page = settled(visitor, time_zone="Europe/Zurich", currency="CHF", language="en", week_start="7").text
    for chosen in ("Europe/Zurich", "CHF", "7"):
        assert f'<option value="{chosen}" selected>' in page


def test_settings_are_guessed_without_scripts(visitor: Visitor) -> None:
    typed = {key: value for key, value in form().items() if key in {"company", "name", "email", "password"}}
    answer = visitor.post("/sign-up", typed, headers={"Accept-Language": "en-GB,de;q=0.5"})
    visitor.follow(answer)
    assert '<option value="GBP" selected>' in visitor.get("/settings").text


def test_mail_asks_to_confirm(app: Flask, visitor: Visitor) -> None:
    settled(visitor)
    (mail,) = control_mails()
    assert (mail.template, mail.to) == ("confirm", "ann.berg@nordwind.example")
    assert mail.values["url"] in mail.read(app).text
    assert mail.values["url"].startswith(f"{BASE}/confirm?code=")


def test_same_form_twice_makes_one_workspace(visitor: Visitor) -> None:
    typed = form()
    first = visitor.post("/sign-up", typed)
    again = visitor.post("/sign-up", typed)
    assert {first.status_code, again.status_code} == {303}
    assert claimed() == ["nordwind"]
    assert count("identities") == 1


def test_double_click_makes_one_workspace(app: Flask, visitor: Visitor) -> None:
    typed, answers = form(), list[int]()

    def click() -> None:
        answers.append(Visitor(app).post("/sign-up", typed).status_code)

    _at_once([click] * 4)
    assert answers == [303] * 4
    assert claimed() == ["nordwind"]
    assert count("identities") == 1


def test_twenty_companies_at_once(app: Flask, visitor: Visitor) -> None:
    answers: list[int] = []

    def company(number: int) -> None:
        typed = form(company=f"Firma {number:02}", email=f"boss@firma-{number}.example")
        answers.append(Visitor(app, address=f"203.0.113.{number}").post("/sign-up", typed).status_code)

    _at_once([lambda number=number: company(number) for number in range(20)])
    assert answers == [303] * 20
    assert claimed() == [f"firma-{number:02}" for number in range(20)]


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("company", ""), ("company", "\u2028 \t"), ("name", " "), ("email", ""), ("email", "ann"),
        ("email", "ann@nordwind"), ("email", "a b@c.example"), ("password", "1234567"),
        ("password", "password123"), ("password", "nordwind"), ("password", "ann.berg@nordwind.example"),
        ("password", "x" * 1001), ("time_zone", "Mars/Base"), ("currency", "XXQ"), ("language", "tlh"),
    ],
)  # fmt: skip
def test_says_which_field_to_mend(visitor: Visitor, field: str, typed: str) -> None:
    answer = sign_up(visitor, **{field: typed})
    assert answer.status_code == 422
    assert f'href="#f-{field}"' in answer.text
    assert claimed() == []
    assert count("identities") == 0


@pytest.mark.parametrize(
    "password", ["12 chars ok!", "Fährt im taxi quer durch bayern, " * 6, "🦊🐻🐼🐨🐯🦁🐮🐷🐸"]
)
def test_long_and_foreign_passwords_work(app: Flask, visitor: Visitor, password: str) -> None:
    settled(visitor, password=password)
    other = Visitor(app)
    wrong = {"email": "ann.berg@nordwind.example", "password": password[:-1] + "z"}
    assert other.post("/sign-in", wrong).status_code == 422
    assert other.post("/sign-in", wrong | {"password": password}).status_code == 303


@pytest.mark.parametrize(
    "slug",
    [
        "www", "api", "acme-portal", "x", "a--b", "-a", "UPPER_case", "пример", '"; DROP SCHEMA', "t'1",
        "a" * 41,
    ],
)  # fmt: skip
def test_refuses_naughty_addresses(visitor: Visitor, slug: str) -> None:
    answer = sign_up(visitor, slug=slug)
    assert answer.status_code == 422
    assert 'href="#f-slug"' in answer.text


def test_taken_address_is_told_while_typing(visitor: Visitor, nordwind: Workspace) -> None:
    told = visitor.get("/sign-up/address?slug=nordwind").get_json()
    assert told["free"] is False
    assert "nordwind-2" in told["message"]
    assert visitor.get("/sign-up/address?slug=nordstern").get_json()["free"] is True
    assert visitor.get("/sign-up/address?company=Nordwind GmbH").get_json()["slug"] == "nordwind-2"


def test_own_password_adds_another_workspace(visitor: Visitor, nordwind: Workspace) -> None:
    settled(visitor, company="Südwind AG", email=ANN.email, password=PASSWORD)
    visitor.host = BASE
    page = visitor.get("/workspaces").text
    assert "Südwind AG" in page
    assert NORDWIND.name in page
    assert control_mails() == []


def test_known_address_looks_like_an_unknown_one(app: Flask, visitor: Visitor, nordwind: Workspace) -> None:
    known = sign_up(visitor, company="Eins", email=ANN.email)
    stranger = sign_up(Visitor(app), company="Zwei", email="new@nordwind.example")
    assert known.status_code == stranger.status_code == 303
    assert set(known.headers.keys()) == set(stranger.headers.keys())
    assert [mail.template for mail in control_mails()] == ["already_known", "confirm"]


def test_stranger_gets_nothing_of_the_owner(visitor: Visitor, nordwind: Workspace) -> None:
    settled(visitor, company="Eins", email=ANN.email)
    visitor.host = BASE
    assert NORDWIND.name not in visitor.get("/workspaces").text
    assert visitor.get("/sign-in?workspace=nordwind").status_code == 200


def test_owner_of_the_address_takes_the_workspace_over(app: Flask, visitor: Visitor, ann: Visitor) -> None:
    settled(visitor, company="Eins", email=ANN.email)
    ann.host = BASE
    assert "Eins" in ann.get("/workspaces").text
    assert ann.post("/workspaces/eins/owner").status_code == 303
    assert ann.follow(ann.get("/sign-in?workspace=eins")).status_code in {200, 404}
    assert visitor.get("http://eins.localhost:8000/settings").status_code == 302


def test_nobody_takes_over_what_is_not_theirs(bob: Visitor, visitor: Visitor, nordwind: Workspace) -> None:
    settled(visitor, company="Eins", email=ANN.email)
    bob.host = BASE
    assert bob.post("/workspaces/eins/owner").status_code == 404


def _at_once(acts: list) -> None:  # type: ignore[type-arg]
    threads = [threading.Thread(target=act) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
