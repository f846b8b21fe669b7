"""Around every message: the tenant and the application restored and cleared, what is refused put aside."""

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any

from dramatiq import Middleware
from dramatiq.broker import Broker, MessageProxy
from flask import Flask

from tenants import catalogue
from tenants.context import Tenant, entered
from workers.envelope import Envelope, Refused

log = logging.getLogger("kith.work")

# Queues of work that nobody waits for at a page, and how nice it is.
PATIENT = frozenset({"bulk", "mail"})
NICENESS = 5


class DeadLetters(Middleware):
    """Puts refused messages into Dramatiq's dead letters and counts them."""

    def __init__(self) -> None:
        self.refused = 0

    def after_process_message(
        self,
        broker: Broker,  # noqa: ARG002 - the signature is Dramatiq's
        message: MessageProxy,
        *,
        result: Any = None,  # noqa: ARG002
        exception: BaseException | None = None,
    ) -> None:
        if isinstance(exception, Refused):
            self.refused += 1
            message.fail()


class Patience(Middleware):
    """Threads of long work are nice: on a machine that does both, pages and quick jobs go first."""

    def after_worker_thread_boot(self, broker: Broker, thread: Thread) -> None:
        """Called within the thread; on Linux each thread has a niceness of its own."""
        if PATIENT & broker.queues and sys.platform == "linux":
            mine = thread.native_id or 0
            os.setpriority(os.PRIO_PROCESS, mine, os.getpriority(os.PRIO_PROCESS, mine) + NICENESS)


@contextmanager
def restored(app: Flask, envelope: Envelope) -> Iterator[Tenant | None]:
    """The envelope's tenant (None for the control database) and the app's context, within the block only."""
    with entered(None), app.app_context():
        tenant = _tenant(envelope)
        with entered(tenant):
            yield tenant


def _tenant(envelope: Envelope) -> Tenant | None:
    if envelope.scope == "control":
        return None
    tenant = catalogue.by_schema(envelope.tenant)
    if tenant is None:
        log.error("refused job %s: there is no tenant %s", envelope.id, envelope.tenant)
        raise Refused("the message names an unknown tenant")
    return tenant
