"""Our own processes: their commands, and each as a part of a stack."""

import os
import re
import signal
import sys
from collections.abc import Callable, Mapping
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlsplit

from app.config import ROOT
from stack import ports
from stack.processes import Program
from stack.servers import DOORS, WORKERS
from stack.units import Part, Step

WEB_WORKERS = 2
# Most of them stand in line: who of them is at work, the turnstile says (app.core.turnstile).
THREADS = 128
# A stream counts as one request under way for as long as it is open.
LIVE_STREAMS = 12_000
# Threads wait for PostgreSQL, not for the processor.
ADVICE = re.compile(r"Configuration allows spawning up to \d+ Python threads")
AT_WORK = re.compile(r"at work as")
PYTHON = (sys.executable, "-P", "-m")
KITH = (*PYTHON, "app.cli")


def web_argv(host: str, port: int, workers: int = WEB_WORKERS) -> list[str]:
    """The command of the web door."""
    options = {
        "--interface": "wsgi",
        "--host": host,
        "--port": str(port),
        "--workers": str(workers),
        "--blocking-threads": str(THREADS),
        "--workers-kill-timeout": "2s",
        "--log-level": "warning",
    }
    switches = ["--factory", "--no-ws", "--respawn-failed-workers"]
    return [
        *PYTHON,
        "granian",
        *(word for option in options.items() for word in option),
        *switches,
        "app.factory:create_app_from_env",
    ]


def live_argv(host: str, port: int) -> list[str]:
    """The command of the live streams; one asynchronous process holds thousands."""
    options = {
        "--interface": "asgi",
        "--host": host,
        "--port": str(port),
        "--workers": "1",
        "--http": "1",
        "--backlog": "2048",
        "--backpressure": str(LIVE_STREAMS),
        "--workers-kill-timeout": "1s",
        "--log-level": "warning",
    }
    switches = ["--factory", "--no-ws", "--respawn-failed-workers"]
    return [
        *PYTHON,
        "granian",
        *(word for option in options.items() for word in option),
        *switches,
        "app.live.server:create_app_from_env",
    ]


def environment(settings: Mapping[str, str]) -> dict[str, str]:
    """`settings` and what our own Python needs in any folder."""
    return {**settings, "PYTHONPATH": python_path(), "PYTHONUNBUFFERED": "1"}


def full_environment() -> dict[str, str]:
    """The environment of this process, made fit for our own Python."""
    return {**os.environ, **environment({})}


def python_path() -> str:
    rest = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    return os.pathsep.join([str(ROOT), *(part for part in rest if part and part != str(ROOT))])


def web(name: str, settings: Mapping[str, str], port: int, needs: tuple[str, ...]) -> Part:
    """One process of the web door; several stand beside each other, each on a port of its own."""
    program = Program(
        name=name,
        argv=tuple(web_argv(ports.LOOPBACK, port, workers=1)),
        folder=ROOT,
        ready=lambda: answers_health(port, urlsplit(settings["KITH_BASE_URL"]).netloc),
        environment=environment(settings),
        stops=((signal.SIGTERM, 3.0),),
        noise=ADVICE,
    )
    return Part(name, lambda: program, needs, DOORS)


def live(settings: Mapping[str, str], port: int, needs: tuple[str, ...]) -> Part:
    program = Program(
        name="live",
        argv=tuple(live_argv(ports.LOOPBACK, port)),
        folder=ROOT,
        ready=lambda: answers_health(port, urlsplit(settings["KITH_BASE_URL"]).netloc),
        environment=environment(settings),
        stops=((signal.SIGTERM, 2.0),),
    )
    return Part("live", lambda: program, needs, DOORS)


def worker(name: str, roles: str, settings: Mapping[str, str], needs: tuple[str, ...]) -> Part:
    program = Program(
        name=name,
        argv=(*KITH, "work", "--roles", roles),
        folder=ROOT,
        ready=lambda: True,
        environment=environment(settings),
        stops=((signal.SIGTERM, 5.5),),
        # It opens no port, so its word is taken.
        announces=AT_WORK,
    )
    return Part(name, lambda: program, needs, WORKERS)


def backup(settings: Mapping[str, str], needs: tuple[str, ...]) -> Part:
    """What receives the log of every cluster and takes base backups."""
    program = Program(
        name="backup",
        argv=(*KITH, "backup", "--stream"),
        folder=ROOT,
        ready=lambda: True,
        environment=environment(settings),
        stops=((signal.SIGTERM, 5.5),),
        announces=re.compile(r"keeping backups"),
    )
    return Part("backup", lambda: program, needs, WORKERS)


def step(
    name: str,
    arguments: tuple[str, ...],
    settings: Mapping[str, str],
    needs: tuple[str, ...] = (),
    hear: Callable[[str], None] | None = None,
) -> Step:
    """One of our own verbs that has to come to its end first; `hear` takes its lines from the log."""
    program = Program(
        name=name,
        argv=(*KITH, *arguments),
        folder=ROOT,
        ready=lambda: True,
        environment=environment(settings),
        stops=((signal.SIGTERM, 3.0),),
    )
    return Step(name, lambda: program, needs, hear)


def answers_health(port: int, host: str) -> bool:
    """Whether the web door, or the live one, says that it is well."""
    connection = HTTPConnection(ports.LOOPBACK, port, timeout=2)
    try:
        connection.request("GET", "/healthz", headers={"Host": host})
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
