"""Dramatiq on Redis: one broker a queue, one actor that runs any job, no retries but those of the outbox."""

import time
from collections.abc import Callable
from typing import Any, cast

import dramatiq
import redis
from dramatiq.broker import MessageProxy
from dramatiq.brokers.redis import RedisBroker, _RedisConsumer
from dramatiq.errors import ConnectionClosed

from workers.envelope import ACTOR, Envelope, opened
from workers.middleware import DeadLetters, Patience

NAMESPACE = "kith:work"
# Of a million commands, how many also look for messages of workers that ended without a word.
MAINTENANCE = 100_000
IDLE_SECONDS = 1.0
BUSY_SECONDS = 0.02
MOST_RINGS = 32


class Consumer(_RedisConsumer):
    """Sleeps until the sender rings, where Dramatiq's own would ask again and again."""

    def __next__(self) -> MessageProxy | None:
        message: MessageProxy | None = super().__next__()  # type: ignore[no-untyped-call]
        if message is None:
            self._rest()
        return message

    def _rest(self) -> None:
        if self.outstanding_message_count >= self.prefetch:
            # Busy: what ends is a message in our own hands, and nobody rings for that.
            time.sleep(BUSY_SECONDS)
            return
        try:
            self.broker.client.blpop([bell(self.queue_name)], timeout=IDLE_SECONDS)
        except (redis.ConnectionError, redis.TimeoutError) as error:
            raise ConnectionClosed(error) from None  # type: ignore[no-untyped-call]


def bell(queue: str) -> str:
    """The key that rings when something was sent to `queue`."""
    return f"{NAMESPACE}:{queue}:bell"


class Broker(RedisBroker):
    """A Redis broker without delay queues: what is to happen later lies in the outbox."""

    def __init__(self, url: str) -> None:
        client = redis.Redis.from_url(
            url, socket_timeout=5, socket_connect_timeout=2, health_check_interval=15, protocol=2
        )
        self.dead_letters = DeadLetters()
        super().__init__(  # type: ignore[no-untyped-call]
            client=client,
            middleware=[self.dead_letters, Patience()],
            namespace=NAMESPACE,
            maintenance_chance=MAINTENANCE,
        )

    @property
    def consumer_class(self) -> type[Consumer]:
        return Consumer

    def consume(self, queue_name: str, prefetch: int = 1, timeout: int = 1) -> Consumer:
        """The consumer of a queue; it never sleeps by `timeout`."""
        return Consumer(self, queue_name, prefetch, min(timeout, 1))  # type: ignore[no-untyped-call]

    def declare_queue(self, queue_name: str) -> None:
        if queue_name not in self.queues:
            self.emit_before("declare_queue", queue_name)
            self.queues.add(queue_name)
            self.emit_after("declare_queue", queue_name)

    def send(self, envelope: Envelope, queue: str) -> None:
        """Hand the job to the workers of `queue`; raises redis.RedisError."""
        message = envelope.message(queue)
        self.do_enqueue(queue, message.options["redis_message_id"], message.encode())
        with self.client.pipeline(transaction=False) as pipeline:
            pipeline.rpush(bell(queue), 1)
            pipeline.ltrim(bell(queue), -MOST_RINGS, -1)
            pipeline.execute()

    def waiting(self, queue: str) -> set[str]:
        """The ids of the jobs that lie in `queue` and that no worker has fetched."""
        ids = cast(list[bytes], self.client.lrange(f"{NAMESPACE}:{queue}", 0, -1))
        return {name.decode().partition(".")[0] for name in ids}


def with_worker(url: str, queue: str, execute: Callable[[Envelope], None]) -> Broker:
    """A broker whose workers open each message of `queue` and hand it to `execute`."""
    broker = Broker(url)

    def run(**values: Any) -> None:
        execute(opened(values))

    dramatiq.Actor(run, broker=broker, actor_name=ACTOR, queue_name=queue, priority=0, options={})
    return broker
