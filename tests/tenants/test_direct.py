"""Statements that go straight to the driver keep every promise of the session's."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import ColumnElement, bindparam, literal_column, select, text
from sqlalchemy.exc import IntegrityError, ProgrammingError

from tenants import direct, stopwatch
from tenants.context import Tenant, TenantMixup, entered
from tenants.session import session, unit_of_work
from tests.conftest import MakeTenant

SETTING = text("INSERT INTO settings (key, value) VALUES (:key, 'true') RETURNING key, value")


@pytest.fixture(autouse=True)
def _at_work(app: Flask, tenant: Tenant) -> Iterator[None]:
    with app.app_context(), entered(tenant), unit_of_work():
        yield


def test_rows_are_read_by_names(tenant: Tenant) -> None:
    (row,) = direct.rows(text("SELECT current_user AS who, :a || :b || :a AS said"), {"a": "x", "b": "%"})
    assert (row.who, row.said) == (tenant.schema, "x%x")
    assert direct.rows(text("DELETE FROM settings WHERE key = :key"), {"key": "none"}) == []


def test_written_statements_bring_own_values() -> None:
    number: ColumnElement[int] = literal_column("7").label("n")
    known = direct.written(select(number).where(number == bindparam("asked"), number < 10))
    assert [row.n for row in direct.rows(known, {"asked": 7})] == [7]
    assert direct.rows(known, {"asked": 8}) == []


def test_errors_are_the_sessions_own() -> None:
    direct.rows(SETTING, {"key": "twice"})
    with pytest.raises(IntegrityError), session.begin_nested():
        direct.rows(SETTING, {"key": "twice"})
    assert session.scalar(text("SELECT count(*) FROM settings WHERE key = 'twice'")) == 1
    with pytest.raises(ProgrammingError):
        direct.rows(text("SET ROLE kith_control"), {})


def test_another_tenants_work_is_refused(make_tenant: MakeTenant) -> None:
    direct.rows(text("SELECT 1 AS one"), {})
    with entered(make_tenant()), stopwatch.running() as waited, pytest.raises(TenantMixup):
        direct.rows(text("SELECT 1 AS one"), {})
    assert waited.times == 0
