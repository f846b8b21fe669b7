"""Everything through a real PgBouncer in transaction mode: one server connection serves many clients."""

import io
import signal
import threading
from collections.abc import Iterator

import psycopg
import pytest
from flask import Flask
from sqlalchemy import exc, text

from app.config import Settings
from tenants import pooling
from tenants.bootstrap import FIRST_CELL
from tenants.context import Mode, Tenant, entered, transactions
from tenants.driver import PREPARED_AFTER, psycopg_url, run_string
from tenants.engines import Engines, PoolSettings, configure, engines
from tenants.session import session, unit_of_work
from tests import ground
from tests import pooler as poolers
from tests.cast import BOB, Workspace
from tests.conftest import Servers
from tests.ground import POOLS, neighbours
from tests.pooler import Pooler
from tests.visitor import signed_in
from tests.work import work_off

WHO = text("SELECT current_user, current_schema(), pg_backend_pid()")
WRITE = text("INSERT INTO settings (key, value) VALUES (:key, to_jsonb(CAST(:owner AS text)))")
COUNT = text("SELECT count(*) FROM settings")
LIMIT = text("SELECT current_setting('statement_timeout')")


@pytest.fixture
def pooler(stopped_pooler: Pooler) -> Iterator[Pooler]:
    """One server connection for all tenants of a bucket, many of ours to the pooler."""
    with stopped_pooler.running(), poolers.settled(stopped_pooler.url):
        yield stopped_pooler


@pytest.fixture
def few(pooler: Pooler, settings: Settings) -> Iterator[Engines]:
    yield configure(settings.database_url, settings.secret_keys, PoolSettings(pool_size=2, max_overflow=0))
    configure(settings.database_url, settings.secret_keys, POOLS)


def test_whole_hook_arrives_behind_the_pooler(pooler: Pooler, tenant: Tenant) -> None:
    settings_ = text(
        "SELECT current_user, current_setting('search_path'), current_setting('statement_timeout'),"
        " current_setting('transaction_read_only'), current_setting('synchronous_commit')"
    )
    how = Mode(read_only=True, statement_timeout_ms=7_000, durable=False)
    with entered(tenant), transactions(how), engines().tenant(tenant).begin() as connection:
        state = connection.execute(settings_).one()
        driver = connection.connection.driver_connection
        assert isinstance(driver, psycopg.Connection)
        assert driver.info.port == pooler.port
    assert tuple(state) == (tenant.schema, f"{tenant.schema}, ext", "7s", "on", "off")


def test_pooled_connection_starts_from_nothing(pooler: Pooler, inside: Tenant) -> None:
    with unit_of_work(read_only=True, statement_timeout_ms=0):
        backend = session.execute(WHO).one().pg_backend_pid
    raw = engines().tenant(inside).raw_connection()
    try:
        row = raw.driver_connection.execute(  # type: ignore[union-attr]
            "SELECT pg_backend_pid(), current_user, current_setting('search_path'),"
            " current_setting('statement_timeout'), current_setting('transaction_read_only')"
        ).fetchone()
    finally:
        raw.close()
    assert row == (backend, inside.bucket, "pg_catalog", "0", "off")


@pytest.mark.usefixtures("ground_floor", "few")
def test_one_backend_serves_tenants_without_mixing(app: Flask) -> None:
    backends = set()
    for each in neighbours(2) * (PREPARED_AFTER + 5):
        with app.app_context(), entered(each), unit_of_work():
            role, schema, backend = session.execute(WHO).one()
            assert (role, schema) == (each.schema, each.schema)
            backends.add(backend)
    assert len(backends) == 1


def test_clients_in_turns_share_the_backend(few: Engines, app: Flask, tenant: Tenant) -> None:
    """Two threads each keep a connection of theirs; the one server connection goes from hand to hand."""
    seen: list[tuple[str, int]] = []
    both = threading.Barrier(2, timeout=60)

    def work() -> None:
        with app.app_context(), entered(tenant), unit_of_work():
            session.connection()
            both.wait()
        for _ in range(20):
            with app.app_context(), entered(tenant), unit_of_work():
                role, _, backend = session.execute(WHO).one()
                seen.append((role, backend))

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert few.open_connections() == {tenant.bucket: 2}
    assert len(seen) == 40
    assert len(set(seen)) == 1


@pytest.mark.usefixtures("ground_floor")
def test_what_a_session_left_behind_means_nothing(few: Engines, app: Flask) -> None:
    """As if some code of ours had forgotten LOCAL: the next client gets that backend."""
    tenant, other = neighbours(2)
    leftover = (
        f"SET ROLE {tenant.schema}; SET search_path = {tenant.schema}; SET statement_timeout = '3s';"
        " SET default_transaction_read_only = on"
    )
    with psycopg.connect(psycopg_url(few.bucket_url(tenant.bucket)[0]), autocommit=True) as client:
        backend = client.execute("SELECT pg_backend_pid()").fetchone()
        run_string(client, leftover)
    met = set()
    for number in range(20):
        with app.app_context(), entered(other), unit_of_work():
            assert session.scalar(LIMIT) == "15s"
            session.execute(WRITE, {"key": f"own {number}", "owner": other.schema})
            role, path, pid = session.execute(WHO).one()
            assert (role, path) == (other.schema, other.schema)
            met.add((pid,))
    assert backend in met


@pytest.mark.usefixtures("pooler", "s3")
def test_pages_and_jobs_work_behind_the_pooler(app: Flask, nordwind: Workspace) -> None:
    bob = signed_in(app, nordwind, BOB)
    rows = "email,first_name\nanna@pooled.example,Anna\n"
    form = {"object": "contacts", "file": (io.BytesIO(rows.encode()), "people.csv")}
    sent = bob.post("/imports", form, content_type="multipart/form-data")
    bob.post(f"{sent.headers['Location']}/plan", {"start": "1"})
    assert work_off(app) > 0
    assert "anna@pooled.example" in bob.get("/contacts").text


def test_reading_transaction_refuses_to_write(pooler: Pooler, inside: Tenant) -> None:
    with pytest.raises(exc.InternalError, match="read-only"), unit_of_work(read_only=True):
        session.execute(WRITE, {"key": "never", "owner": ""})


def test_long_statement_is_ended(pooler: Pooler, inside: Tenant) -> None:
    with (
        pytest.raises(exc.OperationalError, match="statement timeout"),
        unit_of_work(statement_timeout_ms=50),
    ):
        session.execute(text("SELECT pg_sleep(5)"))
    with unit_of_work():
        assert session.scalar(COUNT) == 0


def test_killed_server_connection_is_one_failure(pooler: Pooler, inside: Tenant, servers: Servers) -> None:
    def write_and_lose() -> None:
        with unit_of_work():
            session.execute(WRITE, {"key": "lost", "owner": inside.schema})
            _end(servers, session.execute(WHO).one().pg_backend_pid)
            session.execute(COUNT)

    with pytest.raises(exc.OperationalError):
        write_and_lose()
    with unit_of_work():
        assert session.scalar(COUNT) == 0


def test_server_connection_killed_while_idle_is_not_noticed(
    pooler: Pooler, inside: Tenant, servers: Servers
) -> None:
    with unit_of_work():
        backend = session.execute(WHO).one().pg_backend_pid
    _end(servers, backend)
    with unit_of_work():
        assert session.execute(WHO).one().pg_backend_pid != backend


def test_restart_of_the_pooler_is_not_noticed(stopped_pooler: Pooler, inside: Tenant) -> None:
    with poolers.settled(stopped_pooler.url):
        for _ in range(2):
            with stopped_pooler.running() as process:
                for key in ("a", "b"):
                    with unit_of_work():
                        session.execute(WRITE, {"key": f"{key} {process.pid}", "owner": inside.schema})
        with stopped_pooler.running(), unit_of_work():
            assert session.scalar(COUNT) == 4


def test_stopping_pooler_lets_a_transaction_end(stopped_pooler: Pooler, inside: Tenant) -> None:
    with poolers.settled(stopped_pooler.url), stopped_pooler.running() as process, unit_of_work():
        session.execute(WRITE, {"key": "kept", "owner": inside.schema})
        process.send_signal(signal.SIGINT)
        session.execute(COUNT)
    with unit_of_work():
        assert session.scalar(COUNT) == 1


@pytest.mark.usefixtures("ground_floor", "pooler")
def test_new_bucket_needs_no_reload(app: Flask) -> None:
    tenants = ground.lonely(2, "new")
    assert len({tenant.bucket for tenant in tenants}) == 2
    for tenant in tenants:
        with app.app_context(), entered(tenant), unit_of_work():
            assert session.execute(WHO).one().current_user == tenant.schema


def test_logins_of_earlier_buckets_are_made_known(
    stopped_pooler: Pooler, inside: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A cell that had no pooler until now."""
    owner = psycopg_url(engines().cell_url(FIRST_CELL))
    with psycopg.connect(owner, autocommit=True) as cell:
        cell.execute(f"DELETE FROM kith.pooler_logins WHERE login = '{inside.bucket}'")
    with stopped_pooler.running(), poolers.settled(stopped_pooler.url), unit_of_work():
        assert session.execute(WHO).one().current_user == inside.schema
    with unit_of_work():
        assert session.execute(WHO).one().current_user == inside.schema


def test_pooler_sees_secrets_and_nothing_else(pooler: Pooler, tenant: Tenant) -> None:
    with psycopg.connect(psycopg_url(pooler.target.url), autocommit=True) as link:
        secrets = link.execute("SELECT secret FROM kith.pooler_logins").fetchall()
        assert all(secret.startswith("SCRAM-SHA-256$") for (secret,) in secrets)
        assert link.execute("SELECT * FROM kith.outbox").fetchall() == []
        for statement in (
            f"SET ROLE {tenant.schema}",
            f"SELECT * FROM {tenant.schema}.settings",
            "SELECT * FROM kith.tenant_rev",
            "UPDATE kith.pooler_logins SET secret = ''",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                link.execute(statement.encode())


def test_tenant_sees_no_secrets(inside: Tenant) -> None:
    with pytest.raises(exc.ProgrammingError, match="permission denied"):
        session.execute(text("SELECT * FROM kith.pooler_logins"))


def test_owner_goes_to_the_server_itself(pooler: Pooler, tenant: Tenant) -> None:
    with psycopg.connect(psycopg_url(engines().cell_url(tenant.cell)), autocommit=True) as owner:
        assert owner.info.port != pooler.port
        owner.execute("LISTEN kith_outbox")
    assert pooling.pooler_url(FIRST_CELL) == pooler.url


def _end(servers: Servers, backend: int) -> None:
    with psycopg.connect(servers.admin_url, autocommit=True) as admin:
        admin.execute("SELECT pg_terminate_backend(%s, 60000)", [backend])


def test_files_are_for_the_pooler_alone(stopped_pooler: Pooler) -> None:
    with stopped_pooler.running():
        modes = {path.name: path.stat().st_mode & 0o777 for path in stopped_pooler.folder.iterdir()}
    assert modes["userlist.txt"] == modes["pgbouncer.ini"] == 0o600
