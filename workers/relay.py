"""The relay: carries due jobs from an outbox to Dramatiq, in fair order, and finds those that got lost."""

import logging
import threading
from dataclasses import dataclass, field
from uuid import uuid4

import psycopg
import redis

from tenants.breaker import AGAIN_SECONDS
from workers.broker import Broker
from workers.claims import Claimed, Connection, Outbox
from workers.envelope import Envelope
from workers.fairness import shares

log = logging.getLogger("kith.relay")

CHANNEL = "kith_outbox"
EPOCH = "kith:epoch"
IDLE_SECONDS = 1.0
QUICKEST_SECONDS = 0.02
SLOWEST_SECONDS = 0.5
RETRY_SECONDS = (0.2, 2.0)
SETTLED_SECONDS = AGAIN_SECONDS + 0.2


@dataclass
class Relay:
    """One outbox and the way to the workers; `run` ends soon after `stopping` is set."""

    url: str
    table: str
    broker: Broker
    stopping: threading.Event
    _epoch: str = field(default="", init=False)
    _pause: float = field(default=QUICKEST_SECONDS, init=False)
    _retry: float = field(default=RETRY_SECONDS[0], init=False)
    _away: str = field(default="", init=False)

    def run(self) -> None:
        """Relay until told to stop; waits for PostgreSQL and Redis where they are away."""
        while not self.stopping.is_set():
            try:
                with connect(self.url) as connection:
                    if self._away:
                        # Workers ask a cell that was down again after a moment: what comes sooner is left.
                        self.stopping.wait(SETTLED_SECONDS)
                    connection.execute(f"LISTEN {CHANNEL}".encode())
                    # Whatever happened while we were away: look at every job that was sent.
                    self._epoch = ""
                    self._serve(connection)
            except psycopg.OperationalError as error:
                self._miss("PostgreSQL", error)
            except redis.RedisError as error:
                self._miss("Redis", error)
            except Exception:
                log.exception("the relay stumbled over %s", self.table)
            self.stopping.wait(self._retry)
            self._retry = min(self._retry * 2, RETRY_SECONDS[1])

    def _serve(self, connection: Connection) -> None:
        outbox = Outbox(connection, self.table)
        while not self.stopping.is_set():
            seconds = self.step(outbox)
            self._all_well()
            for _ in connection.notifies(timeout=seconds, stop_after=1):
                pass

    def _miss(self, who: str, error: Exception) -> None:
        """Say so once, however long it lasts."""
        if self._away != who:
            log.warning("%s is away, asking until it is back: %s", who, str(error).strip())
        self._away = who

    def _all_well(self) -> None:
        if self._away:
            log.info("%s is back", self._away)
        self._away, self._retry = "", RETRY_SECONDS[0]

    def step(self, outbox: Outbox) -> float:
        """One round: find the lost, send the due; the seconds until the next round is worth while."""
        self._recover(outbox)
        delay = outbox.delay()
        if delay is None or delay > 0:
            self._pause = QUICKEST_SECONDS
            return IDLE_SECONDS if delay is None else min(delay, IDLE_SECONDS)
        sent = self._send_due(outbox)
        self._pause = QUICKEST_SECONDS if sent else min(self._pause * 2, SLOWEST_SECONDS)
        return self._pause

    def _recover(self, outbox: Outbox) -> None:
        """Stage anew what Redis has lost, and what a worker took and never finished."""
        epoch = self._redis_epoch()
        is_new = epoch != self._epoch
        with outbox.connection.transaction():
            leased = outbox.leased(every=is_new)
            if leased:
                waiting = {queue: self.broker.waiting(queue) for queue in {queue for _, queue in leased}}
                outbox.renew([job for job, queue in leased if str(job) in waiting[queue]])
                gone = [job for job, queue in leased if str(job) not in waiting[queue]]
                outbox.restage(gone, lost=not is_new)
                if gone:
                    log.info("%s jobs were sent and are gone from Redis: sending them again", len(gone))
        self._epoch = epoch

    def _redis_epoch(self) -> str:
        """Changes when Redis was wiped (our key is gone) or restarted (its last second may be lost)."""
        with self.broker.client.pipeline(transaction=False) as pipeline:
            pipeline.set(EPOCH, uuid4().hex, nx=True)
            pipeline.get(EPOCH)
            pipeline.info("server")
            _, key, server = pipeline.execute()
        return f"{key.decode()} {server['run_id']}"

    def _send_due(self, outbox: Outbox) -> int:
        with outbox.connection.transaction():
            if not outbox.alone():
                return 0
            wanted = shares(outbox.lanes(), outbox.in_flight())
            claimed = outbox.claim(wanted) if wanted else []
        self._send(outbox, claimed)
        return len(claimed)

    def _send(self, outbox: Outbox, claimed: list[Claimed]) -> None:
        """Send after the claim is committed, so that no worker finds the row locked by us."""
        for number, (job, tenant, queue) in enumerate(claimed):
            envelope = Envelope(job, "tenant" if tenant else "control", tenant)
            try:
                self.broker.send(envelope, queue)
            except redis.RedisError:
                outbox.unclaim([job for job, _, _ in claimed[number:]])
                raise


def connect(url: str) -> Connection:
    """An owner's connection of our own, in autocommit, that notices a dead peer."""
    return psycopg.connect(
        url,
        autocommit=True,
        prepare_threshold=None,
        application_name="kith relay",
        connect_timeout=5,
        keepalives_idle=10,
        keepalives_interval=5,
        keepalives_count=3,
    )
