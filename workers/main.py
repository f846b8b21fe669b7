"""One process of workers, relay and scheduler, as its roles say, ended by a signal."""

import logging
import os
import signal
import threading
from collections.abc import Callable, Set
from functools import partial
from types import FrameType

import dramatiq
from flask import Flask

from app.config import Settings, load
from app.core import collector
from app.factory import create_app
from tenants import hanging, news
from workers.broker import with_worker
from workers.crew import RelayCrew
from workers.execution import execute
from workers.jobs import REGISTERED
from workers.schedule import Scheduler

log = logging.getLogger("kith.work")

ROLES = frozenset({"fast", "bulk", "mail", "relay", "schedule"})
THREADS = {"fast": 3, "bulk": 2, "mail": 2}
LOOK_UP_MS = 500
# The supervisor waits six seconds in all.
WORKERS_STOP_SECONDS = 4.0
OTHERS_STOP_SECONDS = 1.5


def run(roles: Set[str], settings: Settings | None = None) -> int:
    """Work until SIGTERM or SIGINT; the exit code, 0 after an orderly stop.

    What is at work at the signal has 4 s to finish; later it is undone, and done again elsewhere.
    """
    if not roles or not roles <= ROLES:
        raise ValueError(f"roles are some of {', '.join(sorted(ROLES))}")
    stopping = threading.Event()
    _stop_on_signals(stopping)
    settings = settings or load(os.environ)
    app = create_app(settings)
    news.follow()
    hanging.watch()
    collector.settle()
    teams = [_team(app, settings, role) for role in sorted(roles & THREADS.keys())]
    others: list[threading.Thread] = []
    if "relay" in roles:
        others.append(_thread("relay", RelayCrew(settings, stopping).run))
    if "schedule" in roles:
        others.append(_thread("schedule", Scheduler(app, settings, stopping).run))
    log.info("at work as %s, knowing jobs of %s", ", ".join(sorted(roles)), ", ".join(REGISTERED))
    stopping.wait()
    _stop(teams, others)
    return 0


def _stop_on_signals(stopping: threading.Event) -> None:
    def stop(number: int, _: FrameType | None) -> None:
        if stopping.is_set():
            # Somebody is impatient: what is undone is safe in the outbox.
            os._exit(128 + number)
        stopping.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)


def _team(app: Flask, settings: Settings, queue: str) -> dramatiq.Worker:
    broker = with_worker(settings.redis_url, queue, partial(execute, app))
    team = dramatiq.Worker(broker, queues={queue}, worker_timeout=LOOK_UP_MS, worker_threads=THREADS[queue])
    team.start()
    return team


def _thread(name: str, target: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=target, name=name, daemon=True)
    thread.start()
    return thread


def _stop(teams: list[dramatiq.Worker], others: list[threading.Thread]) -> None:
    """Everything at once: whoever is slow keeps nobody else waiting."""
    milliseconds = int(WORKERS_STOP_SECONDS * 1000)
    stops = [_thread("stop", partial(team.stop, timeout=milliseconds)) for team in teams]
    for thread in stops:
        thread.join(WORKERS_STOP_SECONDS + 0.5)
    for thread in others:
        thread.join(OTHERS_STOP_SECONDS)
    log.info("stopped")
