"""One job from its outbox row to its effect: removal and effect in one transaction, failures put back."""

import logging
import random
import time
from contextlib import suppress
from datetime import timedelta

from flask import Flask
from sqlalchemy.exc import DBAPIError, OperationalError

from app.core import outbox
from app.core.clock import now
from app.core.errors import Conflict, KithError, LimitReached, Unavailable
from app.core.queue import Again
from app.domain.plans import policy, usage
from tenants.breaker import cell_down
from tenants.context import Tenant
from tenants.session import unit_of_work
from workers.envelope import Envelope
from workers.middleware import restored
from workers.registry import Job, UnknownJob, find

log = logging.getLogger("kith.work")

LONGEST_WAIT = timedelta(hours=1)
PAUSE = timedelta(seconds=30)
STATEMENT_TIMEOUT_MS = 60_000
PAUSES = (0.2, 0.5, 1.0, 2.0, 4.0)
# SQLSTATE of connection failures, and of a server that is stopping or starting.
AWAY_STATES = ("08", "57P")
# Serialization failure, deadlock, lock not available.
CONTENDED_STATES = frozenset({"40001", "40P01", outbox.LOCK_NOT_AVAILABLE})
# What an act refuses today it may grant tomorrow only for these reasons.
PASSING = (Conflict, LimitReached, Unavailable)


def execute(app: Flask, envelope: Envelope) -> None:
    """Do the job once: drop it where it is done, put it back where it fails.

    Raises Refused for a tenant that does not exist. Waits some seconds for a database that is away; after
    that the row is as it was, its lease runs out and the relay sends it again.
    """
    for pause in PAUSES:
        try:
            return _execute(app, envelope)
        except DBAPIError as error:
            if not is_away(error):
                raise
            if (down := cell_down(error)) is not None:
                # Whoever waits here keeps other cells' jobs waiting: the relay sends it again.
                log.warning("job %s is left for later: %s", envelope.id, down)
                return None
            log.warning("PostgreSQL is away, job %s waits %s s", envelope.id, pause)
            time.sleep(pause)
    return _execute(app, envelope)


def _execute(app: Flask, envelope: Envelope) -> None:
    with restored(app, envelope) as tenant:
        place, began = outbox.TENANT if tenant else outbox.CONTROL, time.monotonic()
        try:
            _attempt(place, envelope, tenant)
            usage.count("job_seconds", time.monotonic() - began)
        except outbox.Busy:
            log.info("job %s is in other hands", envelope.id)
        except Exception as error:
            if is_away(error):
                raise
            log.warning("job %s failed: %s", envelope.id, error, exc_info=not isinstance(error, KithError))
            _put_back(place, envelope, error)


def _attempt(place: outbox.Place, envelope: Envelope, tenant: Tenant | None) -> None:
    with unit_of_work(statement_timeout_ms=STATEMENT_TIMEOUT_MS):
        row = outbox.take(place, envelope.id)
        if row is None:
            return
        if tenant is not None and _is_held(place, row, tenant):
            return
        outcome = find(envelope.scope, row.name).function(row.payload)
        if isinstance(outcome, Again):
            outbox.stage(place, [row.again(now() + outcome.delay, attempts=0)])


def _is_held(place: outbox.Place, row: outbox.Row, tenant: Tenant) -> bool:
    """Whether the company's state forbids the job, which then waits: the company may come back."""
    allowed = policy.of(tenant)
    if allowed.jobs == "run":
        return False
    pause = PAUSE if allowed.passes else LONGEST_WAIT
    outbox.stage(place, [row.again(now() + pause, row.attempts)])
    return True


def _put_back(place: outbox.Place, envelope: Envelope, error: Exception) -> None:
    with suppress(outbox.Busy), unit_of_work():
        row = outbox.take(place, envelope.id)
        if row is not None:
            _after_failure(place, _job(envelope, row), row, error)


def _after_failure(place: outbox.Place, job: Job, row: outbox.Row, error: Exception) -> None:
    reason = f"{type(error).__name__}: {error}"[:2000]
    if is_contended(error):
        outbox.stage(place, [row.again(now() + wait(0), row.attempts, reason)])
        return
    attempts = row.attempts + 1
    if not is_final(error) and attempts < job.attempts:
        outbox.stage(place, [row.again(now() + wait(attempts, error), attempts, reason)])
        return
    log.error("gave up %s, job %s, after %s attempts: %s", row.name, row.id, attempts, reason)
    outbox.stage(place, [row.dead(attempts, reason)])
    if job.given_up is not None:
        job.given_up(row.payload, error)


def is_away(error: Exception) -> bool:
    """Whether the database did not answer or went away, which says nothing about the job."""
    if not isinstance(error, DBAPIError):
        return False
    state = getattr(error.orig, "sqlstate", None) or ""
    return error.connection_invalidated or (
        isinstance(error, OperationalError) and (not state or state.startswith(AWAY_STATES))
    )


def is_contended(error: Exception) -> bool:
    """Whether the job gave way to somebody else, which is nobody's failure."""
    return isinstance(error, DBAPIError) and getattr(error.orig, "sqlstate", "") in CONTENDED_STATES


def is_final(error: Exception) -> bool:
    """Whether trying again is pointless: the rules refuse, and time does not change them."""
    if isinstance(error, LimitReached) and error.kind:
        return error.retry_after is None
    return isinstance(error, KithError) and not isinstance(error, PASSING)


def wait(attempts: int, error: Exception | None = None) -> timedelta:
    """How long to wait after that many failures: doubling, half to one and a half times, at most an hour."""
    if isinstance(error, LimitReached) and error.retry_after:
        return timedelta(seconds=error.retry_after)
    seconds = min(2.0**attempts, LONGEST_WAIT.total_seconds())
    return timedelta(seconds=seconds * random.uniform(0.5, 1.5))  # noqa: S311 - spreads load, hides nothing


def _job(envelope: Envelope, row: outbox.Row) -> Job:
    try:
        return find(envelope.scope, row.name)
    except UnknownJob as unknown:
        # A release that knows the name may be on its way: wait for it longer than for others.
        return Job(row.name, unknown.refuse, envelope.scope, attempts=12)
