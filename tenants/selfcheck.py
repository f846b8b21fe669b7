"""Kith attacks itself: which guarantees of isolation hold in this very database."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import psycopg
from psycopg import errors
from sqlalchemy import URL, make_url

from tenants import attacks, names, owner, statements
from tenants.context import Mode
from tenants.driver import ExtendedCursor, psycopg_url, run_string
from tenants.engines import engines
from tenants.hook import begin_string

Keeper = Literal["database", "driver"]
# What a closed door answers. Anything else is an attack that got further than it should.
REFUSALS = (errors.InsufficientPrivilege, errors.SyntaxError)

_LOCK = 6_011_031


@dataclass(frozen=True)
class Guarantee:
    """Whether a promise of isolation holds here; `broken` are the statements that nothing refuses.

    `by_driver` are those that the database would take and Kith's own driver does not send.
    """

    name: str
    holds: bool
    broken: tuple[str, ...] = ()
    by_driver: tuple[str, ...] = ()


@dataclass(frozen=True)
class Pair:
    """Two tenants of one bucket, and its login."""

    mine: str
    other: str
    url: str


class NothingToProbe(RuntimeError):
    """The cell has no two tenants in one bucket yet: build spares first."""


def check(cell: str) -> list[Guarantee]:
    """Attack `cell` with every statement of the catalogue, as a tenant's login; changes nothing."""
    pair = find_pair(cell)
    found = []
    with attacking(cell, pair) as connection:
        for name, attempts in attacks.CATALOGUE:
            tried = [statement.format(mine=pair.mine, other=pair.other) for statement in attempts]
            found.append(_guarantee(name, {each: kept_by(connection, pair.mine, each) for each in tried}))
        found.append(_login_alone(connection, pair))
    return [*found, _other_databases(cell, pair)]


def attacking(cell: str, pair: Pair) -> psycopg.Connection[Any]:
    """A session of the bucket's login whose refused statements stay out of the server's log.

    There are some two hundred a check, and a real error would drown in them. Where the owner may not say so
    (no superuser made the cell) they are logged.
    """
    login = names.login_name(make_url(pair.url).username or "")
    with owner.of_cell(cell, "kith self-check") as link:
        # Of sessions that begin in these moments only ours is wanted, and one check is at it at a time.
        link.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
        is_quiet = _say(link, f"ALTER ROLE {login} SET log_min_messages = fatal")
        try:
            return psycopg.connect(pair.url, autocommit=True, cursor_factory=ExtendedCursor)
        finally:
            if is_quiet:
                _say(link, f"ALTER ROLE {login} RESET log_min_messages")


def _say(link: owner.Connection, statement: str) -> bool:
    try:
        run_string(link, statement)
    except errors.InsufficientPrivilege:
        return False
    return True


def find_pair(cell: str) -> Pair:
    """Two tenants of one bucket of the cell, spares where there are any; raises NothingToProbe."""
    here = engines()
    with psycopg.connect(psycopg_url(here.control_url)) as control:
        row = control.execute(
            "SELECT min(b.login_role), min(b.password_encrypted),"
            "       (array_agg(t.schema_name ORDER BY t.state <> 'spare', t.id))[1:2]"
            "  FROM kith.tenants t JOIN kith.buckets b ON b.id = t.bucket_id"
            " WHERE t.cell_id = %s AND t.state NOT IN ('building', 'deleting')"
            " GROUP BY b.id HAVING count(*) > 1 LIMIT 1",
            [cell],
        ).fetchone()
    if row is None:
        raise NothingToProbe(f"{cell} has no two tenants in one bucket")
    login, password, (mine, other) = row
    url = make_url(here.cell_url(cell)).set(username=login, password=here.vault.open(password))
    return Pair(names.tenant_name(mine), names.tenant_name(other), psycopg_url(url))


def kept_by(connection: psycopg.Connection[Any], schema: str, statement: str) -> Keeper | None:
    """What refuses `statement` within the tenant's transaction, which is rolled back; None: nothing does.

    The connection's own cursor must not be the guarded one, for the database is asked first.
    """
    if _refused(connection, begin_string(schema, schema, Mode()), statement):
        return "database"
    return None if statements.is_ours(statement.encode()) else "driver"


def _guarantee(name: str, kept: Mapping[str, Keeper | None]) -> Guarantee:
    by_driver, broken = (
        tuple(each for each, keeper in kept.items() if keeper == wanted) for wanted in ("driver", None)
    )
    return Guarantee(name, not broken, broken, by_driver)


def _login_alone(connection: psycopg.Connection[Any], pair: Pair) -> Guarantee:
    """Where the hook was forgotten there is nothing to see."""
    tried = tuple(statement.format(mine=pair.mine) for statement in attacks.ALONE)
    broken = tuple(each for each in tried if not _refused(connection, "BEGIN", each))
    return Guarantee("the login has no rights of its own", not broken, broken)


def _other_databases(cell: str, pair: Pair) -> Guarantee:
    """The bucket's login gets into its cell's database and no other."""
    control = make_url(engines().control_url).database
    own = make_url(engines().cell_url(cell)).database
    broken = tuple(
        name
        for name in (control, "postgres", "template1")
        if name and name != own and _enters(make_url(pair.url).set(database=name))
    )
    return Guarantee("the login enters its own database only", not broken, broken)


def _enters(url: URL) -> bool:
    try:
        psycopg.connect(psycopg_url(url)).close()
    except psycopg.OperationalError:
        return False
    return True


def _refused(connection: psycopg.Connection[Any], begin: str, statement: str) -> bool:
    """Whether the database refuses `statement` in a transaction that `begin` opens and we roll back."""
    run_string(connection, begin)
    try:
        connection.execute(statement.encode())
    except REFUSALS:
        return True
    except psycopg.Error:
        return False
    else:
        return False
    finally:
        connection.execute("ROLLBACK")
