"""What the operator can know and decide."""

from dataclasses import replace

from flask import Flask
from sqlalchemy import text

from app.config import Settings
from tenants.engines import engines
from tests.cast import ANN, PASSWORD, Workspace
from tests.visitor import BASE, Visitor
from tests.web.signing_up import form


def verbs() -> list[str]:
    with engines().control.begin() as connection:
        return list(connection.scalars(text("SELECT verb FROM kith.operator_facts ORDER BY at, id")))


def test_sign_ins_and_refusals_are_recorded(visitor: Visitor, nordwind: Workspace) -> None:
    visitor.post("/sign-in", {"email": ANN.email, "password": "wrong wrong"})
    visitor.post("/sign-in", {"email": ANN.email, "password": PASSWORD})
    visitor.post(f"{BASE}/sign-out")
    assert verbs() == ["sign_in.refused", "sign_in", "sign_out"]


def test_closed_installation_takes_no_companies(app: Flask, visitor: Visitor, settings: Settings) -> None:
    app.extensions["kith"] = replace(settings, signup="closed")
    try:
        assert visitor.post("/sign-up", form()).status_code == 403
        assert 'name="company"' not in visitor.get("/sign-up").text
        assert 'href="/sign-up"' not in visitor.get("/").text
    finally:
        app.extensions["kith"] = settings
