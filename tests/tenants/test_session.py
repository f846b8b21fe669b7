"""The session goes to the right database, as the right role, and to no other."""

from collections.abc import Callable
from uuid import UUID

import pytest
from flask import Flask
from psycopg import Connection, errors
from sqlalchemy import exc, select, text, update

from tenants.context import NoTenant, Tenant, TenantMixup, entered
from tenants.driver import run_string
from tenants.engines import engines
from tenants.models import TenantRecord
from tenants.session import found_out, session, unit_of_work

WHO = text("SELECT current_user, current_schema()")
WRITE = text("INSERT INTO settings (key, value) VALUES (:key, '1')")
COUNT = text("SELECT count(*) FROM settings")


def test_tenant_statement_runs_as_the_tenant(inside: Tenant) -> None:
    assert session.execute(WHO).one() == (inside.schema, inside.schema)


def test_control_tables_go_to_the_control_database(inside: Tenant) -> None:
    slug = session.scalar(select(TenantRecord.slug).where(TenantRecord.id == inside.id))
    record = session.get(TenantRecord, inside.id)
    counted = session.scalar(
        select(text("count(*)")).select_from(TenantRecord).where(TenantRecord.slug == slug)
    )

    assert (slug, counted) == ("nordwind", 1)
    assert record is not None
    assert isinstance(record.id, UUID)
    assert session.execute(WHO).one().current_user == inside.schema


def test_what_was_found_out_holds_for_one_reading(inside: Tenant) -> None:
    with unit_of_work(read_only=True):
        first = found_out("key", object)
        assert found_out("key", object) is first
    with unit_of_work(read_only=True):
        assert found_out("key", object) is not first


def test_what_is_written_may_change_what_was_found_out(inside: Tenant) -> None:
    with unit_of_work():
        assert found_out("key", object) is not found_out("key", object)


def test_no_tenant_is_an_error_not_a_guess(app: Flask) -> None:
    with app.app_context(), unit_of_work(), pytest.raises(NoTenant):
        session.execute(WHO)


def test_forgotten_role_is_denied(inside: Tenant) -> None:
    with engines().tenant(inside).begin() as connection:
        driver = connection.connection.driver_connection
        assert isinstance(driver, Connection)
        run_string(driver, "RESET ROLE")
        with pytest.raises(exc.ProgrammingError) as caught:
            connection.execute(text(f"SELECT count(*) FROM {inside.schema}.settings"))
    assert isinstance(caught.value.orig, errors.InsufficientPrivilege)


def test_unit_of_work_commits_at_its_end(inside: Tenant) -> None:
    with unit_of_work():
        session.execute(WRITE, {"key": "kept"})
    with unit_of_work(read_only=True):
        assert session.scalar(COUNT) == 1


def test_unit_of_work_undoes_what_raised(inside: Tenant) -> None:
    def fail() -> None:
        with unit_of_work():
            session.execute(WRITE, {"key": "lost"})
            raise LookupError

    with pytest.raises(LookupError):
        fail()
    assert session.scalar(COUNT) == 0


def test_reading_unit_cannot_write_anywhere(inside: Tenant) -> None:
    with pytest.raises(exc.InternalError, match="read-only"), unit_of_work(read_only=True):
        session.execute(WRITE, {"key": "never"})
    with pytest.raises(exc.InternalError, match="read-only"), unit_of_work(read_only=True):
        session.execute(update(TenantRecord).values(name="never"))


def test_units_of_work_do_not_nest(inside: Tenant) -> None:
    with unit_of_work(), pytest.raises(RuntimeError, match="do not nest"), unit_of_work():
        pass


def test_transaction_keeps_its_tenant(inside: Tenant, make_tenant: Callable[..., Tenant]) -> None:
    other = make_tenant("kestrel")
    session.execute(WRITE, {"key": "mine"})
    with entered(other), pytest.raises(TenantMixup):
        session.execute(COUNT)
    connection = session.connection(bind_arguments={"bind": engines().tenant(inside)})
    with entered(other), pytest.raises(TenantMixup):
        connection.execute(COUNT)


def test_next_transaction_may_be_another_tenants(inside: Tenant, make_tenant: Callable[..., Tenant]) -> None:
    other = make_tenant("kestrel")
    with unit_of_work():
        session.execute(WRITE, {"key": "mine"})
    with entered(other), unit_of_work():
        assert session.scalar(COUNT) == 0
        assert session.execute(WHO).one().current_user == other.schema


def test_statement_takes_only_its_time(inside: Tenant) -> None:
    with pytest.raises(exc.OperationalError) as caught, unit_of_work(statement_timeout_ms=50):
        session.execute(text("SELECT pg_sleep(5)"))
    assert isinstance(caught.value.orig, errors.QueryCanceled)


def test_savepoint_undoes_its_own_part(inside: Tenant) -> None:
    with unit_of_work():
        session.execute(WRITE, {"key": "kept"})
        with pytest.raises(exc.IntegrityError), session.begin_nested():
            session.execute(WRITE, {"key": "kept"})
    assert session.scalars(text("SELECT key FROM settings")).all() == ["kept"]


def test_failed_statement_tells_no_values(inside: Tenant) -> None:
    """What customers wrote, and hashes of secrets, must not reach logs with an error's text."""
    with pytest.raises(exc.DBAPIError) as caught:
        session.execute(text("SELECT 1 / (length(:canary) - 6)"), {"canary": "canary"})
    assert "canary" not in str(caught.value).replace(":canary", "").replace("(canary)s", "")
