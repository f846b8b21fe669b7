"""What people see when something behind the page fails."""

import psycopg
import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError

from app.core.turnstile import Turnstile
from app.records import reading
from tests.cast import KIM, Workspace
from tests.visitor import Visitor, signed_in


def _fails_with(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(reading, "page", fail)


def test_a_database_that_is_away_is_a_moments_matter(ann: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    away = OperationalError("SELECT 1", {}, psycopg.OperationalError("server closed the connection"))
    _fails_with(monkeypatch, away)
    answer = ann.get("/companies")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")
    assert "SELECT" not in answer.text


def test_what_nobody_foresaw_shows_a_number_and_no_traceback(
    app: Flask, ann: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    _fails_with(monkeypatch, KeyError("a secret of the code"))
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    answer = ann.get("/companies")
    assert answer.status_code == 500
    assert "secret of the code" not in answer.text
    assert "Traceback" not in answer.text


def test_an_address_that_nobody_made_is_not_there(ann: Visitor) -> None:
    assert ann.get("/nonsense").status_code == 404
    assert ann.post("/nonsense").status_code == 404
    assert ann.get("/nonsense/new").status_code == 404


def test_flood_of_one_company_is_asked_to_come_again(
    app: Flask, ann: Visitor, kestrel: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "for_all", Turnstile(places=1, line=0))
    answer = ann.get("/companies")
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "1")
    assert "Traceback" not in answer.text
    monkeypatch.setattr(app, "for_all", Turnstile(places=1, line=1))
    assert ann.get("/companies").status_code == 200
    assert signed_in(app, kestrel, KIM).get("/companies").status_code == 200
