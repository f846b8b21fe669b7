"""From an empty PostgreSQL to Kith's databases: owner, control database, first cell, hardened."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import make_url

from tenants import extensions, hardening, names, runner
from tenants.driver import psycopg_url, run_string
from tenants.hook import CONTROL_ROLE, CONTROL_SCHEMA
from tenants.secrets import Vault

FIRST_CELL = "cell-1"
# Several processes may start at once; one prepares, the others wait for it.
_LOCK = 6_011_001

_LOCALE = "TEMPLATE template0 ENCODING 'UTF8' LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8'"


@dataclass(frozen=True)
class Place:
    """The owner's URL of a database, in its parts."""

    url: str
    owner: str
    password: str
    database: str

    @classmethod
    def of(cls, url: str) -> "Place":
        parts = make_url(url)
        if not (parts.username and parts.password and parts.database):
            raise ValueError("the database URL must name the owner, its password and the database")
        owner, database = names.plain_name(parts.username), names.plain_name(parts.database)
        return cls(psycopg_url(url), owner, str(parts.password), database)

    def beside(self, database: str) -> "Place":
        """The same server and owner, another database."""
        url = psycopg_url(make_url(self.url).set(database=names.plain_name(database)))
        return Place(url, self.owner, self.password, database)


def bootstrap(
    admin_url: str, control_url: str, secret_keys: Sequence[str], *, cell_database: str | None = None
) -> None:
    """Make and harden the control database of `control_url` and its first cell, as often as one likes.

    `admin_url` is a superuser's (some guarantees are lost without one: see tenants.selfcheck);
    `control_url` names the owner and the password that it is given. Afterwards: tenants.runner.migrate.
    """
    control = Place.of(control_url)
    cell = control.beside(cell_database or f"{control.database}_cell_1")
    with psycopg.connect(psycopg_url(admin_url), autocommit=True) as admin:
        admin.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
        _make_roles(admin, control)
        for place in (control, cell):
            _make_database(admin, place)
            prepare_database(admin_url, place.database, place.owner)
        _close_others(admin)
        runner.migrate_control(control.url)
        _register(control.url, FIRST_CELL, cell.url, Vault(control.url, secret_keys))


def prepare_cluster(admin_url: str, cell: Place) -> None:
    """Make and harden the database and the owner of a further cell, on a cluster of its own.

    As often as one likes; `admin_url` is a superuser's there. Afterwards: tenants.runner.migrate_cell.
    """
    with psycopg.connect(psycopg_url(admin_url), autocommit=True) as admin:
        admin.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
        _make_roles(admin, cell)
        _make_database(admin, cell)
        prepare_database(admin_url, cell.database, cell.owner)
        _close_others(admin)


def prepare_database(admin_url: str, database: str, owner: str) -> None:
    """Extensions, helper functions, Kith's own schema and the hardening, in one existing database."""
    url = psycopg_url(make_url(admin_url).set(drivername="postgresql", database=database))
    with psycopg.connect(url, autocommit=True) as admin:
        run_string(admin, extensions.SCHEMA)
        for name in extensions.EXTENSIONS:
            admin.execute(
                sql.SQL("CREATE EXTENSION IF NOT EXISTS {} SCHEMA ext").format(sql.Identifier(name))
            )
        _make_unaccent(admin)
        run_string(admin, extensions.FUNCTIONS)
        run_string(
            admin,
            f"CREATE SCHEMA IF NOT EXISTS {CONTROL_SCHEMA} AUTHORIZATION {owner};"
            f"GRANT USAGE ON SCHEMA {CONTROL_SCHEMA} TO {CONTROL_ROLE};"
            f"GRANT USAGE, CREATE ON SCHEMA ext TO {owner}",
        )
        for statement in hardening.closing(database, owner):
            with suppress(psycopg.errors.InsufficientPrivilege):
                run_string(admin, statement)


def _make_unaccent(admin: psycopg.Connection[Any]) -> None:
    try:
        run_string(admin, extensions.IMMUTABLE_UNACCENT)
    except psycopg.errors.InsufficientPrivilege:
        run_string(admin, extensions.IMMUTABLE_UNACCENT_WRAPPED)


def _make_roles(admin: psycopg.Connection[Any], place: Place) -> None:
    owner = sql.Identifier(place.owner)
    for role, rights in ((place.owner, "LOGIN CREATEROLE"), (CONTROL_ROLE, "NOLOGIN")):
        if not _exists(admin, "pg_roles", "rolname", role):
            admin.execute(sql.SQL(f"CREATE ROLE {{}} {rights}").format(sql.Identifier(role)))
    admin.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(owner, sql.Literal(place.password)))
    grant = "GRANT {} TO {} WITH INHERIT FALSE, SET TRUE"
    admin.execute(sql.SQL(grant).format(sql.Identifier(CONTROL_ROLE), owner))
    if _is_superuser(admin):
        # Base backups and the log behind them are read as the owner.
        admin.execute(sql.SQL("ALTER ROLE {} REPLICATION").format(owner))
        # Kith's attacks on itself keep what is refused out of the log.
        admin.execute(sql.SQL("GRANT SET ON PARAMETER log_min_messages TO {}").format(owner))
    else:
        # Only who may become the owner can give databases to it.
        admin.execute(sql.SQL("GRANT {} TO CURRENT_USER WITH INHERIT TRUE, SET TRUE").format(owner))


def _make_database(admin: psycopg.Connection[Any], place: Place) -> None:
    if _exists(admin, "pg_database", "datname", place.database):
        return
    statement = sql.SQL("CREATE DATABASE {} OWNER {} " + _LOCALE)
    admin.execute(statement.format(sql.Identifier(place.database), sql.Identifier(place.owner)))


def _close_others(admin: psycopg.Connection[Any]) -> None:
    """Bucket logins have no business in the cluster's own databases."""
    for database in ("postgres", "template1"):
        with suppress(psycopg.errors.InsufficientPrivilege):
            run_string(admin, f"REVOKE ALL ON DATABASE {database} FROM PUBLIC")


def _is_superuser(admin: psycopg.Connection[Any]) -> bool:
    row = admin.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone()
    return bool(row and row[0])


def _exists(admin: psycopg.Connection[Any], catalogue: str, column: str, value: str) -> bool:
    query = sql.SQL("SELECT FROM {} WHERE {} = %s").format(sql.Identifier(catalogue), sql.Identifier(column))
    return admin.execute(query, [value]).fetchone() is not None


def _register(control_url: str, cell_id: str, cell_url: str, vault: Vault) -> None:
    with psycopg.connect(control_url, autocommit=True) as connection:
        connection.execute(
            "INSERT INTO kith.cells (id, dsn_encrypted) VALUES (%s, %s)"
            " ON CONFLICT (id) DO UPDATE SET dsn_encrypted = excluded.dsn_encrypted",
            [cell_id, vault.seal(cell_url)],
        )
