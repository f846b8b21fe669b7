"""What people see when something behind the page fails."""

import psycopg
import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError

from app.records import reading
from tests.visitor import Visitor


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
