"""Every attack of the catalogue, run as a tenant's own login, is refused; ordinary use survives."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from tenants import attacks, building, hardening, names, selfcheck
from tenants import engines as here
from tenants.bootstrap import FIRST_CELL
from tenants.context import Mode, Tenant
from tenants.driver import ExtendedCursor, psycopg_url, run_string
from tenants.hook import begin_string
from tenants.session import session
from tests.conftest import Servers
from tests.ground import neighbours

ROWS = [
    pytest.param(statement, id=f"{name}: {statement}"[:100])
    for name, statements in attacks.CATALOGUE
    for statement in statements
]

# What PostgreSQL lets every role do; the driver does not send it.
DRIVERS = (
    *(
        "SET LOCAL",
        "SET ROLE",
        "SET SESSION AUTHORIZATION DEFAULT",
        "SET SESSION CHAR",
        "SET TimeZone",
        "SET statement_timeout",
        "SET search_path",
        "RESET ",
        "DISCARD ",
        "PREPARE ",
        "DEALLOCATE ",
        "EXPLAIN EXECUTE ",
        "DECLARE ",
        "LISTEN ",
    ),
    *("UNLISTEN ", "NOTIFY ", "SECURITY LABEL ", "VACUUM ", "REINDEX ", "CLUSTER ", "LOCK TABLE kith"),
    *("ALTER ROLE ", "ALTER DEFAULT ", "ALTER SYSTEM ", "GRANT SELECT ", "DROP OWNED BY {mine}"),
)

# Harmless alone; each shows that a closed catalogue does not close the shop.
ORDINARY = (
    "SELECT now(), current_user, current_setting('search_path'), uuidv7(), gen_random_uuid()",
    "SELECT jsonb_build_object('a', 1) -> 'a', ARRAY[1, 2] && ARRAY[2], 'Müller' % 'Mueller'",
    "SELECT ext.sort_key('Öl'), ext.similarity('a', 'b'), to_tsvector('simple', 'a b') @@ 'a'::tsquery",
    "SELECT ext.hold(1), ext.try_hold(2), pg_current_xact_id(), pg_column_size('abc'::text)",
    "INSERT INTO settings (key, value) VALUES ('a', '1') ON CONFLICT (key) DO NOTHING RETURNING key",
    "WITH gone AS (DELETE FROM settings RETURNING *) SELECT count(*) FROM gone",
    "EXPLAIN (FORMAT json) SELECT * FROM contacts ORDER BY ext.sort_key(name), id LIMIT 50",
    "SELECT * FROM promises",
    "ANALYZE (SKIP_LOCKED) settings",
    "SAVEPOINT here",
    "SELECT * FROM generate_series(1, 3), LATERAL (SELECT 1) AS one",
)


@pytest.fixture
def attacker(ground_floor: None) -> Iterator[tuple[psycopg.Connection[Any], Tenant, Tenant]]:
    """A connection of the bucket's login, the tenant it is opened for, and a neighbour with a secret."""
    mine, other = neighbours(2)
    url = psycopg_url(here.engines().bucket_url(mine.bucket)[0])
    with psycopg.connect(url, autocommit=True, cursor_factory=ExtendedCursor) as connection:
        yield connection, mine, other


@pytest.fixture
def pair(databases: None) -> selfcheck.Pair:
    """Two schemas of one bucket, as they are called now: those of ended tests get other names."""
    while True:
        with suppress(selfcheck.NothingToProbe):
            return selfcheck.find_pair(FIRST_CELL)
        # The spares that are there are each of another bucket; those that are built fill one up.
        building.build(FIRST_CELL)


@pytest.fixture
def probe(pair: selfcheck.Pair) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(pair.url, autocommit=True, cursor_factory=ExtendedCursor) as connection:
        yield connection


@pytest.mark.parametrize("attack", ROWS)
def test_attack_is_refused(probe: psycopg.Connection[Any], pair: selfcheck.Pair, attack: str) -> None:
    statement = attack.format(mine=pair.mine, other=pair.other)
    keeper = selfcheck.kept_by(probe, pair.mine, statement)
    assert keeper == ("driver" if attack.startswith(DRIVERS) else "database")


def test_attacks_on_oneself_do_not_fill_the_servers_log(pair: selfcheck.Pair) -> None:
    with selfcheck.attacking(FIRST_CELL, pair) as connection:
        assert _logs_from(connection) == "fatal"
        assert selfcheck.kept_by(connection, pair.mine, "SET LOCAL log_min_messages = debug1") == "database"
    with psycopg.connect(pair.url, autocommit=True) as connection:
        assert _logs_from(connection) == "warning"


def _logs_from(connection: psycopg.Connection[Any]) -> str:
    row = connection.execute("SHOW log_min_messages").fetchone()
    return str(row[0]) if row else ""


@pytest.mark.parametrize("statement", ORDINARY)
def test_ordinary_statement_still_runs(
    probe: psycopg.Connection[Any], pair: selfcheck.Pair, statement: str
) -> None:
    run_string(probe, begin_string(pair.mine, pair.mine, Mode()))
    try:
        probe.execute(statement.encode())
    finally:
        probe.execute("ROLLBACK")


def test_only_listed_functions_of_postgresql_are_open(servers: Servers, pair: selfcheck.Pair) -> None:
    """A later version's functions are closed before anybody has read about them."""
    database = psycopg.conninfo.conninfo_to_dict(pair.url)["dbname"]
    with psycopg.connect(servers.admin_url, dbname=database) as admin:
        rows = admin.execute(
            "SELECT DISTINCT p.proname FROM pg_proc p WHERE has_function_privilege(%s, p.oid, 'EXECUTE')"
            " AND p.pronamespace = 'pg_catalog'::regnamespace AND p.prokind = 'f'"
            " AND (p.provolatile = 'v' OR p.proname LIKE 'pg\\_%%' AND p.provolatile = 's')"
            " AND p.prorettype <> ALL (ARRAY['trigger', 'event_trigger', 'internal', 'language_handler',"
            "   'index_am_handler', 'table_am_handler', 'tsm_handler']::regtype[])"
            " AND 'internal'::regtype <> ALL (p.proargtypes::oid[])",
            [pair.mine],
        ).fetchall()
    assert {name for (name,) in rows} == set(hardening.OPEN_FUNCTIONS)


def test_pooled_connection_sends_no_statement_that_outlives_it(inside: Tenant) -> None:
    for statement in (
        "SET ROLE t_aaaaaaaaaaaaaaaa",
        "/* */ LISTEN kith_outbox",
        "select SET_CONFIG('a.b', '', false)",
    ):
        with pytest.raises(ProgrammingError, match="none of those"):
            session.execute(text(statement))
        session.rollback()
    session.execute(text("(SELECT 1) UNION (SELECT 2)"))
    with session.begin_nested():
        session.execute(text("EXPLAIN ANALYZE SELECT 1"))


def test_lock_of_one_tenant_is_nothing_to_another(
    attacker: tuple[psycopg.Connection[Any], Tenant, Tenant],
) -> None:
    first, mine, other = attacker
    url = psycopg_url(here.engines().bucket_url(mine.bucket)[0])
    run_string(first, begin_string(mine.schema, mine.schema, Mode()))
    first.execute("SELECT ext.hold(7)")
    with psycopg.connect(url, autocommit=True, cursor_factory=ExtendedCursor) as second:
        got = []
        for tenant in (mine, other):
            run_string(second, begin_string(tenant.schema, tenant.schema, Mode()))
            got += second.execute("SELECT ext.try_hold(7)").fetchall()
            second.execute("ROLLBACK")
    first.execute("ROLLBACK")
    assert got == [(False,), (True,)]


def test_self_check_finds_every_guarantee_kept(pair: selfcheck.Pair) -> None:
    guarantees = selfcheck.check(FIRST_CELL)

    assert [found for found in guarantees if not found.holds] == []
    assert len(guarantees) == len(attacks.CATALOGUE) + 2


def test_self_check_notices_a_broken_guarantee(
    databases: None, servers: Any, pair: selfcheck.Pair, settings: Any
) -> None:
    database = psycopg.conninfo.conninfo_to_dict(pair.url)["dbname"]
    with psycopg.connect(servers.admin_url, dbname=database, autocommit=True) as admin:
        admin.execute("GRANT SELECT ON pg_namespace TO PUBLIC")
        try:
            broken = [found.broken for found in selfcheck.check(FIRST_CELL) if not found.holds]
        finally:
            admin.execute("REVOKE SELECT ON pg_namespace FROM PUBLIC")
    assert broken == [("SELECT * FROM pg_namespace",)]


def test_outbox_shows_no_neighbours_rows(
    attacker: tuple[psycopg.Connection[Any], Tenant, Tenant],
) -> None:
    connection, mine, other = attacker
    for tenant in (mine, other):
        run_string(connection, begin_string(tenant.schema, tenant.schema, Mode()))
        connection.execute("INSERT INTO kith.outbox (name) VALUES ('secret')")
        connection.execute("COMMIT")
    run_string(connection, begin_string(mine.schema, mine.schema, Mode()))
    seen = connection.execute("SELECT tenant FROM kith.outbox").fetchall()
    removed = connection.execute("DELETE FROM kith.outbox").rowcount
    connection.execute("ROLLBACK")

    assert seen == [(mine.schema,)]
    assert removed == 1


def test_insert_wakes_the_relay(
    attacker: tuple[psycopg.Connection[Any], Tenant, Tenant],
) -> None:
    connection, mine, _ = attacker
    url = psycopg_url(here.engines().cell_url(mine.cell))
    with psycopg.connect(url, autocommit=True) as relay:
        relay.execute("LISTEN kith_outbox")
        run_string(connection, begin_string(mine.schema, mine.schema, Mode()))
        connection.execute("INSERT INTO kith.outbox (name) VALUES ('now')")
        connection.execute("INSERT INTO kith.outbox (name, due_at) VALUES ('later', now() + interval '1 h')")
        connection.execute("COMMIT")
        heard = list(relay.notifies(timeout=60, stop_after=1))
        assert [(note.channel, note.payload) for note in heard] == [("kith_outbox", "")]
        assert relay.execute("SELECT count(*) FROM kith.outbox").fetchone() is not None


def test_names_are_never_another_shape(databases: None) -> None:
    for name in ("public", 't_"; DROP SCHEMA', "t_" + "A" * 16, "t_" + "a" * 17, "", "t_aaaaaaaaaaaaaaa1"):
        with pytest.raises(ValueError, match="not a name"):
            names.tenant_name(name)
