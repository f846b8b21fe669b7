"""The whole stack of one machine, from the data folder to the front door."""

import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psutil

from app import programs
from app.commands import _demo
from app.config import ROOT, load, subdomain
from stack import caddy, layout, ports, running
from stack.errors import StackError
from stack.layout import Layout
from stack.log import Log
from stack.orphans import Register
from stack.servers import DOORS, Servers
from stack.supervisor import Supervisor
from stack.units import Part, Step

DEFAULT_PORT = 8000
STATIC = ROOT / "app" / "static" / "dist"


@dataclass(frozen=True)
class Wishes:
    """What the person asked for; `watch` is given the supervisor once all is ready."""

    data_dir: Path
    port: int | None
    demo: bool
    web_processes: int = programs.WEB_WORKERS
    watch: Callable[[Supervisor], None] | None = None


def up(wishes: Wishes) -> None:
    """Runs the stack until it is told to stop; StackError where it cannot start."""
    began = time.monotonic()
    base_url, port = _address(wishes.port)
    place = layout.prepare(wishes.data_dir)
    with running.alone(place):
        log = Log(place.log)
        register = Register(place.run / "parts.json")
        for name in register.end_left_over():
            log.line("kith", f"ended {name}, which an earlier start had left running")
        _refuse_taken_port(port)
        servers = Servers(place, base_url, os.environ, web_processes=wishes.web_processes)
        settings = {**_given(), **servers.settings}
        load(settings)
        running.save(place, {"ports": servers.ports, "settings": settings, "port": port})
        demo = _demo.Filling(place) if wishes.demo and _is_local(base_url) else None
        supervisor = Supervisor(_units(servers, settings, port, demo), log, register)

        def announce() -> None:
            lines = _addresses(place, settings) + (demo.lines() if demo else [])
            _announce(log, time.monotonic() - began, lines)
            if wishes.watch is not None:
                threading.Thread(target=wishes.watch, args=(supervisor,), daemon=True).start()

        try:
            supervisor.run(announce)
        finally:
            running.save(place, {"settings": {}})
            log.line("kith", "all stopped")
            log.close()


def _address(port: int | None) -> tuple[str, int]:
    """The base address, and the port on which the front listens."""
    given = os.environ.get("KITH_BASE_URL", "").rstrip("/")
    if not given:
        return f"http://localhost:{port or DEFAULT_PORT}", port or DEFAULT_PORT
    return given, port or urlsplit(given).port or DEFAULT_PORT


def _given() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name.startswith("KITH_") and value}


def _units(
    servers: Servers, settings: dict[str, str], port: int, demo: _demo.Filling | None
) -> list[Part | Step]:
    parts = servers.parts()
    # S3 takes longest and nobody needs it before the first file.
    stores = tuple(part.name for part in parts if part.name in {"postgres", "valkey"})
    databases = tuple(name for name in stores if name == "postgres")
    units: list[Part | Step] = [
        *parts,
        programs.step("assets", ("assets",), settings),
        programs.step("migrate", ("migrate", "--no-check"), settings, databases),
    ]
    ready = (*stores, "assets", "migrate")
    if servers.is_pooled:
        units.append(servers.pooler(("migrate",)))
        ready = (*ready, "pgbouncer")
    units += [
        *(programs.web(name, settings, servers.ports[name], ready) for name in servers.web),
        programs.live(settings, servers.ports["live"], ready),
        programs.worker("work", "fast,bulk,mail", settings, ready),
        programs.worker("relay", "relay,schedule", settings, ready),
        _front(servers, settings, port, ("assets",)),
    ]
    if settings.get("KITH_BACKUP"):
        units.append(programs.backup(settings, ready))
    if demo is not None and not demo.is_done:
        units.append(demo.step(settings, "migrate"))
    return units


def _front(servers: Servers, settings: dict[str, str], port: int, needs: tuple[str, ...]) -> Part:
    proxies = settings.get("KITH_TRUSTED_PROXIES", "").replace(",", " ").split()
    routes = caddy.Routes(
        port=port,
        web=tuple(f"{ports.LOOPBACK}:{servers.ports[name]}" for name in servers.web),
        live=f"{ports.LOOPBACK}:{servers.ports['live']}",
        static=STATIC,
        hosts=servers.hosts(),
        local_only=_is_local(settings["KITH_BASE_URL"]),
        trusted_proxies=tuple(proxies),
    )
    folder = servers.layout.part("caddy")
    return Part("caddy", lambda: caddy.program(folder, routes), needs, DOORS)


def _refuse_taken_port(port: int) -> None:
    if ports.is_free(port):
        return
    if port < 1024 and os.geteuid() != 0 and not ports.answers(port):
        raise StackError(f"Port {port} needs root's rights: choose one above 1023 with --port.")
    raise StackError(
        f"Port {port} is taken{_by_whom(port)}: stop that program, or choose another port with --port."
    )


def _by_whom(port: int) -> str:
    try:
        for connection in psutil.net_connections("tcp"):
            listens = connection.status == psutil.CONN_LISTEN and connection.laddr[1:2] == (port,)
            if listens and connection.pid:
                return f" by {psutil.Process(connection.pid).name()} (process {connection.pid})"
    except (psutil.Error, OSError):
        return ""
    return ""


def _is_local(base_url: str) -> bool:
    """Whether only this machine reaches the address; the password of the demo is known to everybody."""
    host = urlsplit(base_url).hostname or ""
    return host == "localhost" or host.endswith(".localhost") or host.startswith("127.")


def _addresses(place: Layout, settings: dict[str, str]) -> list[str]:
    lines = [f"Kith     {settings['KITH_BASE_URL']}"]
    if settings["KITH_SMTP_URL"].startswith(f"smtp://{ports.LOOPBACK}:"):
        lines.append(f"Mail     {subdomain(settings['KITH_BASE_URL'], 'mail')}")
    return [*lines, f"Data     {place.root}", f"Log      {place.log}"]


def _announce(log: Log, seconds: float, lines: list[str]) -> None:
    log.line("kith", f"ready in {seconds:.1f} s")
    for line in ("", *lines, "", "Ctrl-C stops all of it.", ""):
        log.plain(f"  {line}".rstrip())
