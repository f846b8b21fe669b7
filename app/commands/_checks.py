"""What doctor looks at: each check is one row, or a few."""

import secrets
import smtplib
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any, Literal
from urllib.parse import urlsplit

import boto3
import psycopg
import redis
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from sqlalchemy.exc import SQLAlchemyError

from app.config import Settings
from tenants import engines, owner, runner, selfcheck
from tenants.breaker import CellDown
from tenants.driver import psycopg_url

State = Literal["ok", "warning", "failed"]
OLD_SECONDS = 60
PATIENCE_SECONDS = 3

OUTBOX = """
SELECT count(*) FILTER (WHERE state = 'dead'),
       count(*) FILTER (WHERE state <> 'dead' AND due_at <= now()),
       coalesce(extract(epoch FROM now() - min(due_at) FILTER (WHERE state <> 'dead' AND due_at <= now())), 0)
FROM kith.outbox
"""


@dataclass(frozen=True)
class Row:
    """One finding; `remedy` is empty where all is well."""

    part: str
    state: State
    text: str
    remedy: str = ""


Check = Callable[[Settings], Iterator[Row]]


def database(settings: Settings) -> Iterator[Row]:
    """Reached, and which version."""
    try:
        with psycopg.connect(psycopg_url(settings.database_url), connect_timeout=PATIENCE_SECONDS) as link:
            yield Row("postgres", "ok", str(_one(link, "SELECT version()")[0]).split(" on ")[0])
    except psycopg.OperationalError as error:
        yield Row(
            "postgres", "failed", _first_line(error), "See that it runs and KITH_DATABASE_URL is right."
        )


def revisions(settings: Settings) -> Iterator[Row]:
    """Whether any cell or tenant is behind."""
    engines.configure(settings.database_url, settings.secret_keys)
    try:
        plans = runner.plan()
    except (SQLAlchemyError, psycopg.Error) as error:
        yield Row("schemas", "failed", _first_line(error), "Run ./kith migrate.")
        return
    for plan in plans:
        count = sum(plan.behind.values())
        if count:
            yield Row("schemas", "warning", f"{plan.cell}: {count} tenants behind", "Run ./kith migrate.")
        else:
            yield Row("schemas", "ok", f"{plan.cell} is at {plan.revision}, no tenant is behind")


def isolation(settings: Settings) -> Iterator[Row]:
    """Which guarantees against a look at other tenants hold, by trying to break each."""

    def look(cell: str) -> Iterator[Row]:
        try:
            yield guarantees(cell, selfcheck.check(cell))
        except selfcheck.NothingToProbe as nothing:
            yield Row("isolation", "warning", str(nothing), "It comes with the first spares: try again.")

    yield from _each_cell(settings, "isolation", look)


def guarantees(cell: str, found: list[selfcheck.Guarantee]) -> Row:
    """One row about all guarantees of a cell."""
    broken = [guarantee.name for guarantee in found if not guarantee.holds]
    if not broken:
        return Row("isolation", "ok", f"{cell}: all {len(found)} guarantees hold")
    remedy = "Set KITH_ADMIN_DATABASE_URL to a superuser's and run ./kith migrate; some providers give none."
    return Row("isolation", "warning", f"{cell}: not held: {'; '.join(broken)}", remedy)


def outbox(settings: Settings) -> Iterator[Row]:
    """How long jobs wait, and which were given up."""

    def look(cell: str) -> Iterator[Row]:
        with owner.of_cell(cell) as link:
            yield from waiting(cell, *map(int, _one(link, OUTBOX)))

    yield from _each_cell(settings, "outbox", look)


def _each_cell(settings: Settings, part: str, look: Callable[[str], Iterator[Row]]) -> Iterator[Row]:
    """The rows of every cell; one that cannot be asked is a row of its own."""
    here = engines.configure(settings.database_url, settings.secret_keys)
    try:
        cells = runner.cell_ids(here)
    except psycopg.Error as error:
        yield Row(part, "failed", _first_line(error), "Run ./kith migrate.")
        return
    for cell in cells:
        try:
            yield from look(cell)
        except CellDown as down:
            yield Row(part, "failed", _first_line(down), "See that its cluster runs and is reached.")
        except (SQLAlchemyError, psycopg.Error) as error:
            yield Row(part, "failed", f"{cell}: {_first_line(error)}", "Run ./kith migrate.")


def waiting(cell: str, dead: int, due: int, oldest: int) -> Iterator[Row]:
    """Rows about one cell's outbox; `oldest` is in seconds."""
    late = oldest > OLD_SECONDS
    remedy = "See whether the workers and the relay run." if late else ""
    text = f"{cell}: {due} due, the oldest for {oldest} s"
    yield Row("outbox", "warning" if late else "ok", text, remedy)
    if dead:
        yield Row(
            "outbox", "warning", f"{cell}: {dead} jobs were given up", "Their rows in kith.outbox say why."
        )


def queue(settings: Settings) -> Iterator[Row]:
    """Redis or Valkey answers."""
    try:
        with redis.Redis.from_url(settings.redis_url, socket_connect_timeout=PATIENCE_SECONDS) as client:
            told: Any = client.info()
        name = "Valkey" if "valkey_version" in told else "Redis"
        yield Row("queue", "ok", f"{name} {told.get('valkey_version', told['redis_version'])}")
    except redis.RedisError as error:
        yield Row("queue", "failed", _first_line(error), "See that it runs and KITH_REDIS_URL is right.")


def storage(settings: Settings) -> Iterator[Row]:
    """An object goes to S3 and comes back."""
    key, body = f"doctor/{secrets.token_hex(8)}", secrets.token_bytes(64)
    config = Config(
        connect_timeout=PATIENCE_SECONDS, read_timeout=PATIENCE_SECONDS, retries={"max_attempts": 1}
    )
    try:
        client = boto3.client("s3", endpoint_url=settings.s3_endpoint_url, config=config)
        client.put_object(Bucket=settings.s3_bucket, Key=key, Body=body)
        same = client.get_object(Bucket=settings.s3_bucket, Key=key)["Body"].read() == body
        client.delete_object(Bucket=settings.s3_bucket, Key=key)
    except (BotoCoreError, ClientError) as error:
        yield Row(
            "s3", "failed", _first_line(error), "See to KITH_S3_ENDPOINT_URL, KITH_S3_BUCKET and its keys."
        )
        return
    state: State = "ok" if same else "failed"
    yield Row("s3", state, f"an object made the round trip through {settings.s3_bucket}")


def mail(settings: Settings) -> Iterator[Row]:
    """The mail server answers."""
    url = urlsplit(settings.smtp_url)
    dial = smtplib.SMTP_SSL if url.scheme == "smtps" else smtplib.SMTP
    try:
        with dial(url.hostname or "", url.port or 0, timeout=PATIENCE_SECONDS) as link:
            link.noop()
        yield Row("mail", "ok", f"{url.hostname} answers")
    except (OSError, smtplib.SMTPException) as error:
        yield Row("mail", "failed", _first_line(error), "See that it runs and KITH_SMTP_URL is right.")


def web(settings: Settings) -> Iterator[Row]:
    """The web door is well, asked by the base address as a browser would."""
    url = urlsplit(settings.base_url)
    dial = HTTPSConnection if url.scheme == "https" else HTTPConnection
    link = dial(url.hostname or "", url.port, timeout=PATIENCE_SECONDS)
    try:
        link.request("GET", "/healthz")
        status = link.getresponse().status
        good = status == 200
        remedy = "" if good else "The log names the reason: var/log/kith.log."
        yield Row("web", "ok" if good else "failed", f"{settings.base_url} answers {status}", remedy)
    except (OSError, HTTPException) as error:
        remedy = "See that ./kith up or ./kith serve runs and KITH_BASE_URL is right."
        yield Row("web", "failed", f"{settings.base_url}: {_first_line(error)}", remedy)
    finally:
        link.close()


def names(settings: Settings) -> Iterator[Row]:
    """Whether this machine finds the workspaces' hosts."""
    host = f"acme.{urlsplit(settings.base_url).hostname}"
    try:
        socket.getaddrinfo(host, None)
        yield Row("names", "ok", f"{host} is found")
    except OSError:
        remedy = (
            "Browsers find *.localhost by themselves; other programs call 127.0.0.1 with the Host header."
            if host.endswith(".localhost")
            else f"Add a wildcard entry for *.{urlsplit(settings.base_url).hostname} to your DNS."
        )
        yield Row("names", "warning", f"{host} is not found by this machine", remedy)


CHECKS: tuple[Check, ...] = (database, revisions, isolation, outbox, queue, storage, mail, web, names)


def _one(link: psycopg.Connection[Any], query: str) -> tuple[Any, ...]:
    row = link.execute(query.encode()).fetchone()
    assert row is not None
    return tuple(row)


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
