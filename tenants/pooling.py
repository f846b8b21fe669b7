"""A pooler before a cell: who may ask it, and whether ordinary transactions go through it.

The pooler lets a bucket's login in by the secret that it finds in the cell (kith.pooler_logins), and goes on
to the server by the very same secret: SCRAM needs no password for that, and a new bucket needs no reload.
"""

from contextlib import suppress

from psycopg import errors
from sqlalchemy import make_url, text

from tenants import names, owner
from tenants.context import Mode, transactions
from tenants.engines import engines
from tenants.owner import Connection

LOGIN = "kith_pooler"


def verifier(connection: Connection, login: str, password: str) -> str:
    """What the server keeps of a login's password: a SCRAM secret, RFC 5803, with a salt of its own."""
    made = connection.pgconn.encrypt_password(password.encode(), login.encode(), b"scram-sha-256")
    return made.decode()


def tell(cell: Connection, login: str, secret: str) -> None:
    """Let the pooler know a bucket's login."""
    cell.execute(
        "INSERT INTO kith.pooler_logins (login, secret) VALUES (%s, %s)"
        " ON CONFLICT (login) DO UPDATE SET secret = excluded.secret",
        [names.login_name(login), secret],
    )


def settle(cell: str, pooler_url: str | None) -> None:
    """From now on new connections of this cell's tenants go to the pooler at `pooler_url`; None: straight.

    The URL names the pooler's own login and the password that it is given: with them it asks for secrets.
    Connections that stand stay as they are until they are recycled.
    """
    here = engines()
    if pooler_url is not None:
        with owner.connect(here.cell_url(cell)) as target:
            _admit(target, pooler_url, names.plain_name(str(make_url(here.cell_url(cell)).database)))
            for login, password in _untold(cell, target):
                secret = verifier(target, login, password)
                target.execute(f"ALTER ROLE {names.login_name(login)} PASSWORD '{secret}'".encode())
                tell(target, login, secret)
    sealed = here.vault.seal(pooler_url) if pooler_url else None
    with owner.connect(here.control_url) as control:
        control.execute("UPDATE kith.cells SET pooler_encrypted = %s WHERE id = %s", [sealed, cell])


def pooler_url(cell: str) -> str | None:
    """Where the cell's pooler is, as the pooler's own login; None where there is none."""
    query = text("SELECT pooler_encrypted FROM kith.cells WHERE id = :cell")
    with transactions(Mode(read_only=True)), engines().catalogue.begin() as connection:
        sealed = connection.execute(query, {"cell": cell}).scalar_one()
    return engines().vault.open(sealed) if sealed else None


def _admit(target: Connection, pooler_url: str, database: str) -> None:
    """The pooler's own login, which reads the secrets of buckets and nothing else."""
    url = make_url(pooler_url)
    login = names.plain_name(str(url.username))
    secret = verifier(target, login, str(url.password))
    with suppress(errors.DuplicateObject):
        target.execute(f"CREATE ROLE {login}".encode())
    target.execute(f"ALTER ROLE {login} LOGIN NOINHERIT CONNECTION LIMIT 8 PASSWORD '{secret}'".encode())
    target.execute(f"GRANT CONNECT ON DATABASE {database} TO {login}".encode())
    target.execute(f"GRANT SELECT ON kith.pooler_logins TO {login}".encode())


def _untold(cell: str, target: Connection) -> list[tuple[str, str]]:
    """Logins of the cell that the pooler does not know, with their passwords."""
    known = {login for (login,) in target.execute("SELECT login FROM kith.pooler_logins").fetchall()}
    with owner.connect(engines().control_url) as control:
        rows = control.execute(
            "SELECT login_role, password_encrypted FROM kith.buckets WHERE cell_id = %s", [cell]
        ).fetchall()
    return [(login, engines().vault.open(sealed)) for login, sealed in rows if login not in known]
